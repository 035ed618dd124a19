<?php
# This is not Extension:TemplateStyles, which Debian does not package. It has its tag and its content model, so
# that a test can see whether the desk's pages use both as they are meant; it does not sanitize anything.
class SandboxSheet extends CssContent {
	public function __construct( $text, $model = 'sanitized-css' ) {
		parent::__construct( $text, $model );
	}
}
class SandboxSheetHandler extends CssContentHandler {
	public function __construct( $model = 'sanitized-css' ) {
		parent::__construct( $model );
	}

	protected function getContentClass() {
		return SandboxSheet::class;
	}
}
$wgContentHandlers['sanitized-css'] = SandboxSheetHandler::class;
$wgHooks['ContentHandlerDefaultModelFor'][] = static function ( $title, &$model ) {
	if ( $title->getNamespace() === NS_TEMPLATE && str_ends_with( $title->getText(), '.css' ) ) {
		$model = 'sanitized-css';
		return false;
	}
	return true;
};
$wgHooks['ParserFirstCallInit'][] = static function ( $parser ) {
	$parser->setHook( 'templatestyles', static function ( $text, $args, $parser ) {
		$title = Title::newFromText( $args['src'] ?? '', NS_TEMPLATE );
		$revision = $title ? $parser->fetchCurrentRevisionRecordOfTitle( $title ) : null;
		$content = $revision ? $revision->getContent( 'main' ) : null;
		if ( !$content || $content->getModel() !== 'sanitized-css' ) {
			return '<strong class="error">No style sheet</strong>';
		}
		return Html::inlineStyle( $content->getText() );
	} );
};
