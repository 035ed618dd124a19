<?php
# Creates the people of the sandbox's wiki from a list on standard input, in one go and without
# a password in any command line.
require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

use MediaWiki\Auth\AuthManager;
use MediaWiki\MediaWikiServices;

class SandboxUsers extends Maintenance {
	public function execute() {
		$services = MediaWikiServices::getInstance();
		$dbw = $this->getDB( DB_PRIMARY );
		foreach ( json_decode( stream_get_contents( STDIN ), true ) as $person ) {
			$user = $services->getUserFactory()->newFromName( $person['name'] );
			if ( !$user->isRegistered() ) {
				$status = $services->getAuthManager()
					->autoCreateUser( $user, AuthManager::AUTOCREATE_SOURCE_MAINT, false );
				$this->check( $person['name'], $status );
			}
			$this->check( $person['name'], $user->changeAuthenticationData( [
				'username' => $person['name'],
				'password' => $person['password'],
				'retype' => $person['password'],
			] ) );
			foreach ( $person['groups'] as $group ) {
				$services->getUserGroupManager()->addUserToGroup( $user, $group );
			}
			if ( $person['bot_password'] ?? null ) {
				$password = BotPassword::newUnsaved( [
					'user' => $user, 'appId' => $person['bot_app'], 'grants' => $person['grants'],
				] );
				$this->check( $person['name'], $password->save( 'insert',
					$services->getPasswordFactory()->newFromPlaintext( $person['bot_password'] ) ) );
			}
			if ( $person['registered'] ) {
				$dbw->update( 'user', [ 'user_registration' => $dbw->timestamp( $person['registered'] ) ],
					[ 'user_id' => $user->getId() ], __METHOD__ );
			}
		}
		SiteStatsInit::doAllAndCommit( $dbw );
	}

	private function check( $name, $status ) {
		if ( !$status->isGood() ) {
			$this->fatalError( "$name: " . $status->getMessage( false, false, 'en' )->text() );
		}
	}
}

$maintClass = SandboxUsers::class;
require_once RUN_MAINTENANCE_IF_MAIN;
