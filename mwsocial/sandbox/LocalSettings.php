<?php
# The sandbox's wiki. Everything that differs between two wikis (folder, names, keys, switches) is
# read from wiki.json and switches.json beside the database, so that a wiki can be copied.
if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}
$sandboxFolder = getenv( 'MWSOCIAL_SANDBOX_WIKI' );
$sandboxWiki = json_decode( file_get_contents( "$sandboxFolder/wiki.json" ), true );

$wgSitename = 'Sandbox';
$wgMetaNamespace = 'Project';
$wgDBtype = 'sqlite';
$wgDBname = 'wiki';
$wgSQLiteDataDir = "$sandboxFolder/data";
$wgSecretKey = $sandboxWiki['secret'];
$wgUpgradeKey = false;
$wgAuthenticationTokenVersion = '1';
$wgLanguageCode = 'en';
$wgLocaltimezone = 'UTC';
$wgCookiePrefix = 'sandbox' . $sandboxWiki['id'];
$wgCookieSecure = false;
# Clocks are moved forward by days: nobody is to be logged out by that.
$wgObjectCacheSessionExpiry = 400 * 86400;
$wgCookieExpiration = 400 * 86400;
$wgExtendedLoginCookieExpiration = 400 * 86400;

# Addresses follow the request, so that the wiki works on any port and behind a proxy.
$sandboxHost = $_SERVER['HTTP_HOST'] ?? '';
if ( !preg_match( '/^(?:127\.0\.0\.1|localhost):[0-9]{1,5}$/D', $sandboxHost ) ) {
	$sandboxHost = '127.0.0.1:' . $sandboxWiki['port'];
}
$wgServer = "http://$sandboxHost";
$wgRenderHashAppend = "!$sandboxHost";
$wgScriptPath = '';
$wgScript = '/index.php';
$wgArticlePath = '/index.php/$1';
$wgUsePathInfo = true;

# One writer at a time is SQLite's nature. Transactions that write say so at their beginning and
# wait for each other, instead of failing when a read turns into a write.
$sandboxBase = [
	'type' => 'sqlite', 'tablePrefix' => '', 'variables' => [ 'synchronous' => 'NORMAL' ],
	'dbDirectory' => $wgSQLiteDataDir, 'trxMode' => 'IMMEDIATE',
];
$wgDBservers = [
	[ 'dbname' => 'wiki', 'load' => 1, 'flags' => DBO_DEFAULT ] + $sandboxBase,
];
# A request that only reads holds no transaction, so that it waits for nobody; what it still writes
# at its end (jobs, for instance) opens one that says so.
$wgLBFactoryConf['cliMode'] = PHP_SAPI === 'cli'
	|| in_array( $_SERVER['REQUEST_METHOD'] ?? '', [ 'GET', 'HEAD' ] );
$wgObjectCaches[CACHE_DB] = [
	'class' => SqlBagOStuff::class, 'loggroup' => 'SQLBagOStuff',
	'server' => [ 'dbname' => 'wikicache', 'flags' => 0 ] + $sandboxBase,
];
$wgJobTypeConf['default'] = [
	'class' => 'JobQueueDB', 'claimTTL' => 3600,
	'server' => [ 'dbname' => 'wiki_jobqueue', 'flags' => DBO_DEFAULT ] + $sandboxBase,
];
$wgMainCacheType = CACHE_DB;
$wgMessageCacheType = CACHE_DB;
$wgParserCacheType = CACHE_DB;
$wgSessionCacheType = CACHE_DB;
# A replica shows old pages, and yet knows who is logged in: sessions are kept in one place.
if ( getenv( 'MWSOCIAL_SANDBOX_SESSIONS' ) ) {
	$wgSessionCacheType = 'sessions';
	$wgObjectCaches['sessions'] = $wgObjectCaches[CACHE_DB];
	$wgObjectCaches['sessions']['server']['dbDirectory'] = getenv( 'MWSOCIAL_SANDBOX_SESSIONS' );
}
$wgCacheDirectory = "$sandboxFolder/cache";
$wgInvalidateCacheOnLocalSettingsChange = false;
$wgJobRunRate = 1;
$wgRunJobsAsync = false;
$wgDisableOutputCompression = true;

# What goes wrong after an answer was sent shows nowhere else.
if ( is_dir( dirname( $sandboxFolder ) . '/logs' ) ) {
	$wgDBerrorLog = dirname( $sandboxFolder ) . '/logs/wiki-database.log';
	$wgDebugLogGroups['exception'] = dirname( $sandboxFolder ) . '/logs/wiki-exceptions.log';
}

$wgEnableEmail = false;
$wgEnableUploads = true;
$wgUploadDirectory = "$sandboxFolder/images";
$wgUploadPath = '/images';
$wgUseImageMagick = false;
$wgFileExtensions = [ 'png', 'gif', 'jpg', 'jpeg', 'webp', 'svg' ];
$wgDiff3 = '/usr/bin/diff3';
$wgShellLocale = 'C.UTF-8';
$wgMaxShellMemory = 0;
$wgAllowExternalImages = false;
$wgPingback = false;
$wgGenerateThumbnailOnParse = true;

# As on mediawiki.org, where tests depend on it.
$wgAutoConfirmAge = 4 * 86400;
$wgAutoConfirmCount = 0;
$wgRateLimits = [];
$wgPasswordAttemptThrottle = [];
$wgAccountCreationThrottle = [];
$wgSpamRegex = [];
$wgUseRCPatrol = true;
$wgUseNPPatrol = true;
$wgEnableScaryTranscluding = false;
$wgNamespacesWithSubpages[NS_MAIN] = true;
$wgNamespacesWithSubpages[NS_TEMPLATE] = true;
$wgGroupPermissions['sysop']['importupload'] = true;
$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgGroupPermissions['sysop']['deletelogentry'] = true;
$wgGroupPermissions['bot']['editsemiprotected'] = true;
# A group of approvers that has no right but the desk's own.
$wgGroupPermissions['social-approver']['read'] = true;
$wgAddGroups['sysop'][] = 'social-approver';
$wgRemoveGroups['sysop'][] = 'social-approver';
$wgAvailableRights[] = 'social-approve';

wfLoadSkin( 'Vector' );
wfLoadSkin( 'MinervaNeue' );
$wgDefaultSkin = 'vector-2022';
foreach ( [
	'AbuseFilter', 'Cite', 'CodeEditor', 'Gadgets', 'InputBox', 'Nuke', 'ParserFunctions',
	'Renameuser', 'Scribunto', 'SpamBlacklist', 'SyntaxHighlight_GeSHi', 'TemplateData',
	'TitleBlacklist', 'VisualEditor', 'WikiEditor',
] as $sandboxExtension ) {
	wfLoadExtension( $sandboxExtension );
}
$wgPFEnableStringFunctions = false;
$wgScribuntoDefaultEngine = 'luasandbox';
# Lists are read from this wiki's own pages only: nothing is fetched from outside.
$wgBlacklistSettings = [ 'spam' => [ 'files' => [] ] ];
$wgTitleBlacklistSources = [
	[ 'type' => 'localpage', 'src' => 'MediaWiki:Titleblacklist' ],
];
$wgVisualEditorAvailableNamespaces[NS_PROJECT] = true;
$wgGroupPermissions['sysop']['abusefilter-modify'] = true;
$wgGroupPermissions['sysop']['abusefilter-modify-restricted'] = true;
$wgAbuseFilterActions['block'] = true;

# What a test or a demonstration switches while the wiki runs: names of settings to values.
$sandboxSwitches = @file_get_contents( "$sandboxFolder/switches.json" );
foreach ( $sandboxSwitches ? json_decode( $sandboxSwitches, true ) : [] as $sandboxName => $sandboxValue ) {
	$GLOBALS[$sandboxName] = $sandboxValue;
}
# A stand-in for an extension that Debian's packages do not hold, where a test asks for it.
if ( $GLOBALS['sandboxTemplateStyles'] ?? false ) {
	require __DIR__ . '/templatestyles.php';
}
