-- What all cards need: the configuration, the sentences, and making foreign words inert.
local p = {}

local messages = require( 'Module:Social media/i18n' )
local limits = require( 'Module:Social media/limits' )

-- Words ----------------------------------------------------------------------------------------

--- `text` as words that are never wikitext, HTML or a link, on one line of source.
function p.inert( text )
	text = mw.text.killMarkers( tostring( text ) )
	-- Lines are escaped one by one: a line break would let the next character begin a list.
	local lines = {}
	for line in ( text .. '\n' ):gmatch( '(.-)\r?\n' ) do
		lines[#lines + 1] = ( mw.text.nowiki( line ):gsub( '\t', '&#9;' ):gsub( '~', '&#126;' ) )
	end
	return table.concat( lines, '<br>' )
end

local chosen
--- The code of the language in which sentences and dates are said: the reader's where the wiki tells it (the
--- message Lang of multilingual wikis, which holds each language's own code), else the page's.
function p.language()
	if not chosen then
		local frame = mw.getCurrentFrame()
		chosen = frame:preprocess( '{{int:Lang}}' )
		if not mw.language.isKnownLanguageTag( chosen ) then
			chosen = frame:preprocess( '{{PAGELANGUAGE}}' )
		end
		if not mw.language.isKnownLanguageTag( chosen ) then
			chosen = mw.getContentLanguage():getCode()
		end
	end
	return chosen
end

--- The attributes that tell a browser which language the desk's own words are in, and their direction.
function p.spoken()
	local language = mw.language.new( p.language() )
	return 'lang="' .. p.language() .. '" dir="' .. language:getDir() .. '"'
end

--- The same for what the bot wrote, in the language of the desk: a name at its beginning must not turn it round.
function p.written( config )
	local code = config.language or ''
	if not mw.language.isKnownLanguageTag( code ) then
		return 'dir="auto"'
	end
	return 'lang="' .. code .. '" dir="' .. mw.language.new( code ):getDir() .. '"'
end

--- A time (UTC, as `p.time` gives it or `@` and seconds) in a format of {{#time}}, in the chosen language.
function p.date( format, time )
	return mw.language.new( p.language() ):formatDate( format, time:find( '^@' ) and time or time .. ' UTC' )
end

local chain
--- The sentence of a key, in the chosen language or the nearest to it that has it.
local function word( key )
	if not chain then
		chain = {}
		local codes = mw.language.getFallbacksFor( p.language() )
		table.insert( codes, 1, p.language() )
		for _, code in ipairs( codes ) do
			chain[#chain + 1] = messages[code]
		end
		chain[#chain + 1] = messages.en
	end
	for _, words in ipairs( chain ) do
		if words[key] then
			return words[key]
		end
	end
	return nil
end

--- Whether there is a sentence of this key.
function p.has( key )
	return word( key ) ~= nil
end

--- The sentence `key` as inert HTML; $1, $2 … are replaced by the arguments, which are ready HTML.
function p.html( key, ... )
	local args = { ... }
	local sentence = word( key )
	if not sentence then
		return p.inert( key .. ': ' ) .. table.concat( args, ', ' )
	end
	return ( mw.text.nowiki( sentence ):gsub( '%$(%d)', function ( number )
		return args[tonumber( number )] or ''
	end ) )
end

--- The sentence `key`; its arguments are foreign words.
function p.say( key, ... )
	local args = { ... }
	for i = 1, select( '#', ... ) do
		args[i] = '<bdi>' .. p.inert( args[i] ) .. '</bdi>'
	end
	return p.html( key, unpack( args ) )
end

--- The sentence `key` as plain text, for a form.
function p.plain( key, ... )
	local args = { ... }
	return ( ( word( key ) or key ):gsub( '%$(%d)', function ( number )
		return tostring( args[tonumber( number )] or '' )
	end ) )
end

--- The sentence `key` for an attribute.
function p.label( key, ... )
	return ( mw.text.nowiki( p.plain( key, ... ) ):gsub( '[\n\r\t]', ' ' ) )
end

-- What people write with a signature -----------------------------------------------------------

local KEPT = { [2] = true, [3] = true, [6] = true, [-1] = true }

--- A link of a signature or a note, kept only where it leads to a person, a file, an edit or a log entry.
local function link( inside )
	local target, label = inside:match( '^%s*:?([^|]*)|(.*)$' )
	target, label = mw.text.decode( target or inside ), mw.text.decode( label or inside )
	local title = mw.title.new( target )
	if title and title.interwiki == '' and KEPT[title.namespace] and
		( title.namespace ~= -1 or title.text:find( '^Diff/%d+$' ) or title.text:find( '^Contributions/' ) or
			title.text:find( '^PermanentLink/%d+$' ) or title.text:find( '^Redirect/logid/%d+$' ) )
	then
		return '[[:' .. title.prefixedText .. '|' .. p.inert( label ) .. ']]'
	end
	return p.inert( label )
end

--- Wikitext of one line as words, keeping links to people and diffs, dropping all other markup.
function p.signed( text )
	text = mw.text.killMarkers( mw.text.unstripNoWiki( text ) )
	text = text:gsub( '<!%-%-.-%-%->', '' ):gsub( '</?%a[^<>]*>', '' ):gsub( "''+", '' )
	-- What is written as entities is words, never markup: it is decoded last.
	local parts, done = {}, 1
	for first, inside, past in text:gmatch( '()%[%[([^%[%]{}<>\n]*)%]%]()' ) do
		-- Brackets around no target are words, too.
		if not inside:find( '^%s*:?%s*$' ) and not inside:find( '^%s*:?%s*|' ) then
			parts[#parts + 1] = p.inert( mw.text.decode( text:sub( done, first - 1 ) ) ) .. link( inside )
			done = past
		end
	end
	return table.concat( parts ) .. p.inert( mw.text.decode( text:sub( done ) ) )
end

-- Times ----------------------------------------------------------------------------------------

--- The time that `value` spells (UTC) as `2026-11-25 14:00`, or nil.
function p.time( value )
	local day, clock = value:match( '^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d)Z$' )
	if not day then
		day, clock = value:gsub( ' UTC$', '' ):match( '^(%d%d%d%d%-%d%d%-%d%d) (%d%d:%d%d)$' )
	end
	if not day then
		return nil
	end
	local time = day .. ' ' .. clock
	local ok, again = pcall( function ()
		return mw.language.new( 'en' ):formatDate( 'Y-m-d H:i', time .. ' UTC' )
	end )
	return ok and again == time and time or nil
end

--- Whether a time of `p.time` is over. A magic word of the time keeps the page from being cached for longer
--- than an hour, so this is asked only where the answer changes what is shown.
function p.is_over( time, frame )
	local now = frame:preprocess( '{{CURRENTTIMESTAMP}}' )
	return mw.language.new( 'en' ):formatDate( 'Y-m-d H:i:s', now ) > time .. ':00'
end

--- A time of `p.time` as people say it.
function p.said( time )
	return p.say( 'onwiki-time', p.date( 'l j F Y, H:i', time ) )
end

-- Configuration --------------------------------------------------------------------------------

-- What counts where the page leaves a key out, as for the bot.
local DEFAULT_CHANNELS = { mastodon = { account = '@mediawiki@wikis.world' } }
local DEFAULT_POINTERS = {
	support = 'For help with MediaWiki see https://www.mediawiki.org/wiki/Project:Support_desk'
}

local DEFAULT_PAGES = {
	queue = 'Social media/Queue', mentions = 'Social media/Mentions', suggestions = 'Social media/Suggestions',
	archive = 'Social media/Archive/{year}-{month}', status = 'Social media/Status',
	statistics = 'Social media/Statistics', accounts = 'Social media/Accounts'
}

-- What X takes for a post, as for the bot.
local DEFAULT_PRICES = { post = 0.015, ['post with link'] = 0.20 }

local function text_or( value, default )
	return type( value ) == 'string' and value ~= '' and value or default
end

--- The desk's configuration as far as cards need it. `fault`: what is wrong with the page, if it is.
--- Here nothing is an error: a card must show even while the page is missing or broken.
function p.configuration()
	local title = require( 'Module:Social media/desk' ).configuration
	local config = {
		title = title, language = 'en', queue = 'Social media/Queue', channels = {}, enabled = {}, pointers = {},
		prices = DEFAULT_PRICES, mentions = 'Social media/Mentions',
		suggestions = 'Social media/Suggestions', pages = DEFAULT_PAGES
	}
	local ok, found = pcall( mw.loadJsonData, title )
	if not ok or type( found ) ~= 'table' then
		config.fault = p.say( 'onwiki-no-configuration', title )
		return config
	end
	config.language = text_or( found.language, 'en' )
	local pages = type( found.pages ) == 'table' and found.pages or {}
	config.pages = {}
	for key, usual in pairs( DEFAULT_PAGES ) do
		config.pages[key] = text_or( pages[key], usual )
	end
	config.queue, config.mentions, config.suggestions = config.pages.queue, config.pages.mentions, config.pages.suggestions
	local pointers = found.pointers == nil and DEFAULT_POINTERS or found.pointers
	if type( pointers ) == 'table' then
		for key, sentence in pairs( pointers ) do
			if type( key ) == 'string' and type( sentence ) == 'string' then
				config.pointers[key] = sentence
			end
		end
	end
	if type( found['x prices'] ) == 'table' then
		config.prices = {}
		for key, price in pairs( DEFAULT_PRICES ) do
			config.prices[key] = tonumber( found['x prices'][key] ) or price
		end
	end
	local channels = found.channels == nil and DEFAULT_CHANNELS or found.channels
	for name, channel in pairs( type( channels ) == 'table' and channels or {} ) do
		if type( name ) ~= 'string' or not name:find( '^%l[%l%d]*$' ) or name == 'news' or
			type( channel ) ~= 'table' or not limits.networks[channel.network or name]
		then
			config.fault = p.say( 'onwiki-broken-configuration', title, tostring( name ) )
		else
			config.channels[name] = {
				network = channel.network or name, account = text_or( channel.account, '' ),
				language = text_or( channel.language, nil ), enabled = channel.enabled ~= false,
				limit = tonumber( channel.characters ), threads = channel.threads
			}
			if config.channels[name].enabled then
				config.enabled[#config.enabled + 1] = name
			end
		end
	end
	table.sort( config.enabled )
	if not config.fault and not next( config.channels ) then
		config.fault = p.say( 'onwiki-no-channels', title )
	end
	return config
end

--- What a channel is called: its network, with its own name where that is another one.
function p.channel_name( config, name )
	local channel = config.channels[name]
	local network = limits.networks[channel and channel.network or name]
	if name == 'news' then
		return word( 'onwiki-news' )
	elseif not network then
		return name
	elseif channel and channel.network ~= name then
		return network.name .. ' (' .. name .. ')'
	end
	return network.name
end

return p
