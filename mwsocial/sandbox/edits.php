<?php
# Gives a page one revision more for each text of a list on standard input: a history of thousands.
# The last one is a whole edit; those before it are rows of the history only, which nothing was
# rendered for.
require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\MediaWikiServices;
use MediaWiki\Revision\MutableRevisionRecord;
use MediaWiki\Revision\SlotRecord;

class SandboxEdits extends Maintenance {
	public function execute() {
		$services = MediaWikiServices::getInstance();
		$wanted = json_decode( stream_get_contents( STDIN ), true );
		$user = $services->getUserFactory()->newFromName( $wanted['user'] );
		$page = $services->getWikiPageFactory()->newFromTitle(
			$services->getTitleFactory()->newFromText( $wanted['title'] ) );
		$summary = CommentStoreComment::newUnsavedComment( $wanted['summary'] );
		$store = $services->getRevisionStore();
		$last = array_pop( $wanted['texts'] );
		$dbw = $this->getDB( DB_PRIMARY );
		$dbw->begin( __METHOD__ );
		foreach ( $wanted['texts'] as $text ) {
			$revision = new MutableRevisionRecord( $page->getTitle() );
			$revision->setPageId( $page->getId() );
			$revision->setParentId( $page->getLatest() );
			$revision->setContent( SlotRecord::MAIN, new WikitextContent( $text ) );
			$revision->setUser( $user );
			$revision->setComment( $summary );
			$revision->setTimestamp( wfTimestampNow() );
			$page->updateRevisionOn( $dbw, $store->insertRevisionOn( $revision, $dbw ) );
		}
		$dbw->commit( __METHOD__ );
		$updater = $page->newPageUpdater( $user );
		$updater->setContent( SlotRecord::MAIN, new WikitextContent( $last ) );
		$updater->saveRevision( $summary );
		if ( !$updater->wasSuccessful() ) {
			$this->fatalError( $updater->getStatus()->getMessage( false, false, 'en' )->text() );
		}
	}
}

$maintClass = SandboxEdits::class;
require_once RUN_MAINTENANCE_IF_MAIN;
