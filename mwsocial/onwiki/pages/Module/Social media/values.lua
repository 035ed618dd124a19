--- What the parameters of an item say, and the fingerprint that an approval is bound to.
--
-- The same as mwsocial/wiki/values.py and mwsocial/desk/fingerprint.py of the tool, from what MediaWiki
-- gives to a module: where the tool finds no fault in a parameter, this module finds none either and
-- has the same value. A module sees arguments only after MediaWiki has worked on them, so the tool
-- refuses some that look harmless here, among them:
-- * a template other than the two (only what it said is left), {{{…}}} that was given a value;
-- * braces, comments or <nowiki> that nothing ends, and what they swallow;
-- * includeonly, noinclude and onlyinclude tags, which leave nothing behind;
-- * link brackets that nothing ends, and markup in news that only a comment keeps apart.
-- Lua's own string functions are used, which know bytes: all that is sought is ASCII or written in bytes.

local p = {}

local unicode = require( 'Module:Social media/limits/text' )

local function set( words )
	local found = {}
	for word in words:gmatch( '%S+' ) do
		found[word] = true
	end
	return found
end

--- The lists of mwsocial/wiki/values.py: tags that MediaWiki or an extension takes out of the text.
p.extensionTags = set [[
	categorytree ce charinsert chart chem choose doctree dynamicpagelist feedback forum gallery
	graph hiero html imagemap includeonly indicator inputbox langconvert languages listing
	mapframe maplink math noinclude onlyinclude pagelist pagequality pages phonos poem pre quiz
	randomimage ref references rss score section seo source syntaxhighlight talkpage
	templatedata templatestyles thread timeline translate tvar widget
]]

--- HTML tags.
p.htmlTags = set [[
	a abbr b bdi bdo big blockquote br caption center cite code data dd del dfn div dl dt em
	font h1 h2 h3 h4 h5 h6 hr i iframe img ins kbd li link mark meta ol p q rb rp rt rtc ruby s
	samp script small span strike strong style sub sup table td th time tr tt u ul var wbr
]]

--- Behaviour switches that count only in capitals, and those that count in any case.
p.switches = set [[
	EXPECTUNUSEDCATEGORY EXPECTUNUSEDTEMPLATE HIDDENCAT INDEX NEWSECTIONLINK NOINDEX
	NONEWSECTIONLINK STATICREDIRECT
]]

p.switchesAnyCase = set [[
	ARCHIVEDTALK DISAMBIG EXPECTED_UNCONNECTED_PAGE FORCETOC NOCC NOCONTENTCONVERT
	NOEDITSECTION NOGALLERY NOGLOBAL NOTC NOTITLECONVERT NOTOC TOC
]]

--- What begins an address in single brackets.
p.protocols = set [[
	// bitcoin: ftp:// ftps:// geo: git:// gopher:// http:// https:// irc:// ircs:// magnet:
	mailto: matrix: mms:// news: nntp:// redis:// sftp:// sip: sips: sms: ssh:// svn:// tel:
	telnet:// urn: worldwind:// xmpp:
]]

local ENTITIES = { lt = '<', gt = '>', amp = '&', quot = '"', nbsp = '\194\160' }

--- Content parameters in their order; text-CHANNEL parameters follow text, by name.
local CONTENT = {
	'id', 'text', 'share', 'point', 'pointer',
	'image', 'alt', 'image2', 'alt2', 'image3', 'alt3', 'image4', 'alt4',
	'warning', 'language', 'channels', 'not-before', 'not-after', 'news',
}
local PLACES = {}
for place, name in ipairs( CONTENT ) do
	PLACES[name] = 2 * place
end

-- Faults ---------------------------------------------------------------------------------------

local Faults = {}
Faults.__index = Faults

-- Each key once, with its first arguments.
function Faults:add( key, ... )
	if not self[key] then
		self[key] = true
		self.list[#self.list + 1] = { key = 'values-' .. key, args = { ... } }
	end
end

local function has( text, words )
	return text:find( words, 1, true ) ~= nil
end

local OPEN, CLOSE = '<nowiki>', '</nowiki>'

-- From arguments to text -----------------------------------------------------------------------

-- A strip marker's own text, as Parser::MARKER_PREFIX and MARKER_SUFFIX make it.
local MARKER = '\127\'"`UNIQ%-%-(%a+)%-%x+%-QINU`"\'\127'

-- The text with one zero byte for each <nowiki>, and the list of what was in them.
local function hide( arg, faults )
	local markers, hidden = {}, {}
	local text = arg:gsub( '%z', '\239\191\189' ):gsub( '\r\n?', '\n' )
	text = text:gsub( '()' .. MARKER .. '()', function ( first, name, last )
		if name:lower() ~= 'nowiki' then
			faults:add( 'extension', '<' .. name .. '>', OPEN, CLOSE )
			return ''
		end
		markers[#markers + 1] = text:sub( first, last - 1 )
		return '\0'
	end )
	if #markers == 0 then
		return text, hidden
	end
	-- One call for all: each costs a round trip to PHP. A control character cannot be in a page.
	local opened = mw.text.unstripNoWiki( table.concat( markers, '\1' ) ) .. '\1'
	for inside in opened:gmatch( '([^\1]*)\1' ) do
		-- Where only templates are expanded (Parsoid, Special:ExpandTemplates), the tag is still
		-- there; elsewhere a < in it is escaped.
		if inside:sub( 1, 1 ) == '<' then
			local bracket = inside:find( '>', 1, true )
			if inside:sub( bracket - 1, bracket - 1 ) == '/' then
				inside = ''
			else
				inside = inside:sub( bracket + 1 ):gsub( '</%a+%s*>$', '' )
			end
		end
		hidden[#hidden + 1] = inside
	end
	return text, hidden
end

local function fill( text, hidden, change )
	local number = 0
	return ( text:gsub( '%z', function ()
		number = number + 1
		return change and change( hidden[number] ) or hidden[number]
	end ) )
end

local function utf8( code )
	if code < 128 then
		return string.char( code )
	end
	return mw.ustring.char( code )
end

-- All named entities but the five stay, as do numbers that no character has.
local function decode( text, faults )
	return ( text:gsub( '&(#?)([A-Za-z0-9\128-\255]+);', function ( number, name )
		if number == '' then
			if not ENTITIES[name] then
				faults:add( 'entity', '&' .. mw.ustring.sub( name, 1, 38 ) .. ';', '', '&amp;' )
			end
			return ENTITIES[name]
		end
		local base, digits = 10, name:match( '^0*(%d*)$' )
		if not digits then
			base, digits = 16, name:match( '^[xX]0*(%x*)$' )
			if not digits or #name < 2 then
				return nil
			end
		end
		local code = #digits > 0 and #digits <= 7 and tonumber( digits, base ) or 0
		if ( code > 0 and code < 0xD800 ) or ( code >= 0xE000 and code <= 0xFFFD ) or
			( code >= 0x10000 and code <= 0x10FFFF )
		then
			return utf8( code )
		end
		faults:add( 'number', '&#' .. name:sub( 1, 37 ) .. ';' )
		return nil
	end ) )
end

-- Bytes of the characters that may not stand in a value, and how to say them.
local FORBIDDEN = {
	'[%z\1-\8\11-\31\127]', '\194[\128-\159]', '\226\128[\170-\174]', '\226\129[\166-\169]',
	'\239\187\191', '\237[\160-\191]',
}

local function check_characters( text, faults )
	for _, pattern in ipairs( FORBIDDEN ) do
		local found = text:match( pattern )
		if found then
			local code = #found > 1 and mw.ustring.isutf8( found ) and mw.ustring.codepoint( found )
			faults:add( 'character', string.format( 'U+%04X', code or found:byte() ) )
			return
		end
	end
end

local function finish( text )
	text = unicode.normal( text )
	local last = #text
	while last > 0 and has( ' \t\n', text:sub( last, last ) ) do
		last = last - 1
	end
	return ( text:sub( 1, last ):gsub( '^[ \t\n]+', '' ) )
end

-- Markup ---------------------------------------------------------------------------------------

local function check_tags( text, faults, known )
	local pos = 1
	while true do
		local first, last, slash, name = text:find( '<(/?)(%a[%w-]*)', pos )
		if not first then
			return
		end
		pos = last + 1
		-- A value ends where a blank or a line end may follow.
		if pos > #text or text:find( '^[%s/>]', pos ) then
			local lower, shown = name:lower(), '<' .. slash .. name .. '>'
			if lower == 'nowiki' then
				faults:add( 'nowiki', shown, OPEN, CLOSE )
			elseif p.extensionTags[lower] then
				faults:add( 'extension', shown, OPEN, CLOSE )
			elseif known[lower] and text:find( '^[^<>]*>', pos ) then
				faults:add( 'tag', shown, OPEN, CLOSE )
			end
		end
	end
end

-- Whether an address in single brackets stands in a line: [https://example.org label].
local function bracketed( line )
	local lower, pos = line:lower(), 1
	while true do
		local bracket = lower:find( '[', pos, true )
		if not bracket then
			return false
		end
		local scheme, slashes, after = lower:match( '^(%a*)(:?/?/?)()', bracket + 1 )
		if not p.protocols[scheme .. slashes] then
			after = p.protocols[scheme .. ':'] and slashes:sub( 1, 1 ) == ':' and
				bracket + #scheme + 2
		end
		if after and lower:find( '^[^%]<>"%z\1-\32\127]', after ) then
			-- Only the first can tell: what ends after a later one ends after the first, too.
			return lower:find( ']', after + 1, true ) ~= nil
		end
		pos = bracket + 1
	end
end

-- What may stand neither in plain text nor in wikitext: it would act where the value is used.
local function check_risks( text, faults )
	if has( text, '{{' ) or has( text, '}}' ) then
		faults:add( 'braces', '{{', '}}', OPEN )
	end
	if has( text, '-{' ) then
		faults:add( 'conversion', '-{', OPEN, CLOSE )
	end
	if has( text, '<!--' ) then
		faults:add( 'comment', '<!--', '-->' )
	end
end

local function check_switches( text, faults )
	if not has( text, '__' ) then
		return
	end
	local upper = text:upper()
	for name in pairs( p.switches ) do
		if has( text, '__' .. name .. '__' ) then
			faults:add( 'switch', '__' .. name .. '__', OPEN, CLOSE )
		end
	end
	for name in pairs( p.switchesAnyCase ) do
		if has( upper, '__' .. name .. '__' ) then
			faults:add( 'switch', '__' .. name .. '__', OPEN, CLOSE )
		end
	end
end

local function check_markup( text, faults )
	check_risks( text, faults )
	check_tags( text, faults, p.htmlTags )
	if has( text, '[[' ) then
		faults:add( 'link', '[[', ']]' )
	end
	if has( text, '[' ) then
		for line in text:gmatch( '[^\n]+' ) do
			if bracketed( line ) then
				faults:add( 'address', '[', ']' )
				break
			end
		end
	end
	if has( text, "''" ) then
		faults:add( 'quotes', "''" )
	end
	if has( text, '{|' ) then
		faults:add( 'table', '{|', OPEN, CLOSE )
	end
	check_switches( text, faults )
end

-- Values ---------------------------------------------------------------------------------------

local function nowiki( inside )
	inside = inside:gsub( '[<>]', { ['<'] = '&lt;', ['>'] = '&gt;' } )
	inside = inside:gsub( '%-{', '-&#123;' ):gsub( '}%-', '&#125;-' )
	return inside == '' and '<nowiki/>' or OPEN .. inside .. CLOSE
end

local function resolve_wikitext( arg, faults )
	local text, hidden = hide( arg, faults )
	check_risks( text, faults )
	check_tags( text, faults, {} )
	if has( text, '~~~' ) then
		faults:add( 'signature', '~~~', OPEN, CLOSE )
	end
	text = fill( text, hidden, nowiki )
	check_characters( decode( text, setmetatable( { list = {} }, Faults ) ), faults )
	return finish( text )
end

--- The value of the template argument `arg` for the parameter `name`, and the list of its faults:
--- tables with `key` (of the message) and `args`. Only `news` stays wikitext.
function p.resolve( arg, name )
	local faults = setmetatable( { list = {} }, Faults )
	arg = tostring( arg or '' )
	if name == 'news' then
		return resolve_wikitext( arg, faults ), faults.list
	end
	local text, hidden = hide( arg, faults )
	check_markup( text, faults )
	text = decode( fill( text, hidden ), faults )
	check_characters( text, faults )
	return finish( text ), faults.list
end

-- Fingerprint ----------------------------------------------------------------------------------

--- The names in a channels value, sorted bytewise, each once.
function p.channelNames( value )
	local names, seen = {}, {}
	for name in ( value or '' ):gmatch( '[^,]+' ) do
		name = finish( name )
		if name ~= '' and not seen[name] then
			seen[name] = true
			names[#names + 1] = name
		end
	end
	table.sort( names )
	return names
end

--- The content with the configuration's defaults where it leaves channels or language open.
--- `channels`: names of the enabled ones; `language`: the code.
function p.effective( content, channels, language )
	local full = {}
	for name, value in pairs( content ) do
		full[name] = value ~= '' and value or nil
	end
	local listed = p.channelNames( content.channels )
	if #listed == 0 then
		listed = p.channelNames( table.concat( channels or {}, ',' ) )
	end
	full.channels = #listed > 0 and table.concat( listed, ',' ) or nil
	full.language = full.language or language ~= '' and language or nil
	return full
end

--- The names of content parameters, in their order. Names of others come last.
function p.order( content )
	local names = {}
	for name in pairs( content ) do
		names[#names + 1] = name
	end
	local function place( name )
		return PLACES[name] or name:find( '^text%-.' ) and PLACES.text + 1 or 999
	end
	table.sort( names, function ( a, b )
		local first, second = place( a ), place( b )
		return first < second or first == second and a < b
	end )
	return names
end

--- SHA-256 in 64 hexadecimal digits over the effective content; arguments as for p.effective.
function p.fingerprint( content, channels, language )
	local full = p.effective( content, channels, language )
	local parts = { 'mwsocial 1\n' }
	for _, name in ipairs( p.order( full ) ) do
		parts[#parts + 1] = name .. ':' .. #full[name] .. ':' .. full[name] .. '\n'
	end
	return mw.hash.hashValue( 'sha256', table.concat( parts ) )
end

return p
