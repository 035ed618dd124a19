-- Which page holds the desk's configuration. The installer writes its title here.
return { configuration = 'MediaWiki:Social-media.json' }
