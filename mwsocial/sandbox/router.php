<?php
# What PHP's own server asks first: uploads stand beside the database, all else is MediaWiki's.
$path = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) ?: '/' );
if ( $path === '/sandbox-alive' ) {
	header( 'Content-Type: text/plain' );
	echo getenv( 'MWSOCIAL_SANDBOX_INSTANCE' );
	return true;
}
if ( preg_match( '#(?:^|/)\.\.(?:/|$)|[\x00\\\\]#', $path ) && !str_starts_with( $path, '/index.php/' ) ) {
	http_response_code( 404 );
	return true;
}
if ( $path === '/' || $path === '/index.php' || $path === '/api.php' || $path === '/load.php'
	|| $path === '/opensearch_desc.php' || $path === '/rest.php'
	|| str_starts_with( $path, '/index.php/' ) || str_starts_with( $path, '/rest.php/' )
) {
	return false;
}
if ( str_starts_with( $path, '/images/' ) ) {
	$images = realpath( getenv( 'MWSOCIAL_SANDBOX_WIKI' ) . '/images' );
	$file = $images === false ? false : realpath( $images . substr( $path, strlen( '/images' ) ) );
	$types = [
		'png' => 'image/png', 'gif' => 'image/gif', 'jpg' => 'image/jpeg', 'jpeg' => 'image/jpeg',
		'webp' => 'image/webp', 'svg' => 'image/svg+xml',
	];
	$type = $file === false ? null
		: ( $types[strtolower( pathinfo( $file, PATHINFO_EXTENSION ) )] ?? null );
	if ( $type !== null && str_starts_with( $file, "$images/" )
		&& !str_starts_with( $file, "$images/deleted/" )
	) {
		header( "Content-Type: $type" );
		header( 'Content-Length: ' . filesize( $file ) );
		header( "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'" );
		readfile( $file );
		return true;
	}
	http_response_code( 404 );
	return true;
}
# Pictures, styles and scripts of MediaWiki's own folders; nothing of maintenance or vendor.
if ( preg_match( '#^/(resources|extensions|skins)/.+\.(css|js|json|png|gif|svg|jpg|webp|ico|woff2?|less|map|html)$#D', $path ) ) {
	return false;
}
http_response_code( 404 );
return true;
