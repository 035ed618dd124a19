-- What an item will look like on each network: the words as they are shown there, the pictures, the card of
-- a link, how long it is and what it costs. Everything stands on one line of source, as in the cards.
local p = {}

local check = require( 'Module:Social media/check' )
local limits = require( 'Module:Social media/limits' )
local look = require( 'Module:Social media/look' )
local tools = require( 'Module:Social media/tools' )

--- How many bytes of one post are shown: a page has room for 100 cards.
local ROOM = 8000

local say, label, inert = tools.say, tools.label, tools.inert

local TONES, STYLES, SUBTLE, LINK = look.TONES, look.STYLES, look.SUBTLE, look.LINK
local element, group, box, strong = look.element, look.group, look.box, look.strong

-- Words ----------------------------------------------------------------------------------------

--- The words of a post as the network shows them, inert.
local function words( network, text )
	local parts, room = {}, ROOM
	for _, piece in ipairs( limits.pieces( network, text ) ) do
		local shown = piece.text
		if piece.kind == 'url' then
			shown = limits.shown( network, shown )
		end
		if #shown > room then
			-- Never in the middle of a character.
			shown = shown:sub( 1, room ):gsub( '[\192-\255][\128-\191]*$', '' )
			parts[#parts + 1] = inert( shown ) .. '…' .. box( 'warn', say( 'onwiki-cut' ) )
			break
		end
		room = room - #shown
		parts[#parts + 1] = piece.kind == 'text' and inert( shown ) or element( 'span', LINK, inert( shown ) )
	end
	return table.concat( parts )
end

local function counter( part )
	if not part.limit then
		return tostring( part.count )
	end
	local name = part.count .. ' / ' .. part.limit
	if part.over then
		return element( 'b', 'color:' .. TONES.bad.color, say( 'onwiki-over', part.count, part.limit, part.count - part.limit ) )
	end
	return element( 'span', SUBTLE, name )
end

local function language_of( item, config, name )
	local channel = config.channels[name]
	local code = item.content.language or channel and channel.language or config.language
	return code:find( '^[%w-]+$' ) and 'lang="' .. code .. '" dir="auto"' or 'dir="auto"'
end

--- What a page is called, as its address tells: what the bot writes into the card on Bluesky.
local function title_of( url )
	local path, query = url:match( '^%a+://[^/?#]*([^?#]*)%??([^#]*)' )
	local part = ( '&' .. query ):match( '&title=([^&]+)' )
	if part then
		part = part:gsub( '+', ' ' )
	else
		part = path:match( '^/wiki/(.+)$' ) or path:gsub( '/+$', '' ):match( '[^/]*$' )
	end
	local words = mw.uri.decode( part, 'PATH' )
	words = ( mw.ustring.isutf8( words ) and words or part ):gsub( '_', ' ' )
	return mw.text.trim( words )
end

--- The card that networks make of the first link of a post without pictures. Bluesky's is made by the bot; the
--- others fetch the page, and take its own title and picture.
local function link_card( network, text )
	for _, piece in ipairs( limits.pieces( network, text ) ) do
		if piece.kind == 'url' then
			local url = piece.text:find( '^%a+://' ) and piece.text or 'https://' .. piece.text
			local host = url:match( '^%a+://([^/?#:]+)' )
			if not host then
				return ''
			end
			local title = network == 'bluesky' and title_of( url ) or ''
			return element( 'div', STYLES.part .. ';padding:.3em 0 0;font-size:.9em;overflow-wrap:anywhere', '🔗 ' ..
				( network == 'bluesky' and strong( inert( title ~= '' and title or host ) ) .. ' ' ..
					element( 'span', SUBTLE, inert( host ) ) or say( 'onwiki-link-card', host ) ) )
		end
	end
	return ''
end

--- The pictures as they stand in a post, small; in full, with their words, they follow the posts.
local function thumbnails( item )
	local parts = {}
	for _, image in ipairs( item.images ) do
		if not image.missing then
			parts[#parts + 1] = element( 'span', STYLES.ground, '[[' .. image.title.prefixedText ..
				'|frameless|96x72px|link=|alt=' .. inert( ( image.alt:gsub( '%s+', ' ' ) ) ) .. ']]' )
		end
	end
	return #parts > 0 and element( 'div', nil, table.concat( parts, ' ' ) ) or ''
end

--- What the reader sees on one channel, without its heading.
local function body( item, config, name )
	local rules, _, network = check.rules_of( config, name )
	local parts = {}
	if item.content.warning and rules.warning then
		parts[1] = element( 'div', STYLES.words .. ';font-weight:bold', '⚠ ' .. inert( item.content.warning ), 'dir="auto"' )
	end
	local thread = check.thread( item, config, name )
	for n, part in ipairs( thread ) do
		local inside = element( 'div', STYLES.words, words( network, part.text ), language_of( item, config, name ) )
		inside = inside .. ( n == 1 and thumbnails( item ) or '' ) ..
			( ( n > 1 or #item.images == 0 ) and link_card( network, part.text ) or '' )
		if #thread > 1 then
			inside = element( 'div', ( n > 1 and STYLES.part .. ';' or '' ) .. SUBTLE .. ';font-size:.9em',
				say( 'onwiki-part', n, #thread ) ) .. inside
		end
		parts[#parts + 1] = inside
	end
	return table.concat( parts ), thread
end

--- A price with at least two decimals; X takes dollars.
local function price( sum )
	return '$' .. ( '%.3f' ):format( sum ):gsub( '0$', '' )
end

-- Where nothing is sent any more, nobody needs to know what that would mean.
local OVER = { posted = true, deleted = true, declined = true }

--- What is special about posting on one channel, in small letters.
local function facts( item, config, name, thread )
	if OVER[item.state] then
		return ''
	end
	local rules, found = check.rules_of( config, name ), {}
	local sum, linked = check.cost( config, name, thread )
	if sum then
		found[1] = say( linked and 'onwiki-cost-link' or 'onwiki-cost', price( sum ) )
	end
	if item.content.warning and not rules.warning then
		found[#found + 1] = say( 'onwiki-no-warning' )
	end
	if not rules.edit then
		found[#found + 1] = say( 'onwiki-no-edit' )
	end
	return #found > 0 and element( 'div', SUBTLE .. ';font-size:.9em', table.concat( found, ' ' ) ) or ''
end

--- How long the parts of a thread are: one limit for all of them, unless one is too long.
local function counters( thread )
	local counts, numbers, fits = {}, {}, true
	for n, part in ipairs( thread ) do
		counts[n], numbers[n] = counter( part ), part.count
		fits = fits and part.limit and not part.over
	end
	if #thread > 1 and fits then
		return element( 'span', SUBTLE, table.concat( numbers, ', ' ) .. ' / ' .. thread[1].limit )
	end
	return table.concat( counts, ', ' )
end

local function heading( item, config, name, thread )
	local account = ( config.channels[name] or {} ).account or ''
	local inside = element( 'div', STYLES.row, strong( inert( tools.channel_name( config, name ) ) ) ..
		( account ~= '' and element( 'bdi', SUBTLE .. ';overflow-wrap:anywhere', inert( account ) ) or '' ) ..
		element( 'span', STYLES.last, counters( thread ) ) )
	return element( 'div', STYLES.heading, inside .. facts( item, config, name, thread ) )
end

--- The posts of an item; channels where it looks the same share one picture.
local function posts( item, config )
	local pictures, by_body = {}, {}
	for _, name in ipairs( item.channels ) do
		local inside, thread = body( item, config, name )
		local picture = by_body[inside]
		if not picture then
			picture = { body = inside, names = {}, headings = {} }
			by_body[inside] = picture
			pictures[#pictures + 1] = picture
		end
		picture.names[#picture.names + 1] = tools.channel_name( config, name )
		picture.headings[#picture.headings + 1] = heading( item, config, name, thread )
	end
	for n, picture in ipairs( pictures ) do
		pictures[n] = group( STYLES.post, label( 'onwiki-preview-on', table.concat( picture.names, ', ' ) ),
			table.concat( picture.headings ) .. picture.body )
	end
	return pictures
end

local function images( item )
	local parts = {}
	for _, image in ipairs( item.images ) do
		local picture = element( 'div', 'overflow-wrap:anywhere', inert( image.title.text ) )
		if not image.missing then
			picture = element( 'span', STYLES.ground, '[[' .. image.title.prefixedText ..
				'|frameless|160x120px|alt=' .. inert( image.title.text ) .. ']]' )
		end
		parts[#parts + 1] = element( 'div', STYLES.post, picture .. element( 'div', 'overflow-wrap:anywhere',
			element( 'span', SUBTLE, say( 'onwiki-alt' ) ) .. ' ' .. ( image.alt ~= '' and
				element( 'bdi', nil, inert( image.alt ) ) or strong( say( 'onwiki-alt-missing' ) ) ) ) )
	end
	return parts
end

--- Wikitext of a news entry as it will look, inert: links only look like links.
local function news_look( text )
	local function mark( s )
		return inert( s ):gsub( '&#39;&#39;&#39;(.-)&#39;&#39;&#39;', '<b>%1</b>' )
			:gsub( '&#39;&#39;(.-)&#39;&#39;', '<i>%1</i>' ):gsub( '\1', LINK )
			:gsub( '\2(.-)\3', '<span style="' .. LINK .. '">%1</span>' )
	end
	text = text:gsub( '[\1\2\3]', '' )
	text = text:gsub( '%[%[([^%[%]|\n]*)|([^%[%]\n]*)%]%]', '\2%2\3' ):gsub( '%[%[([^%[%]|\n]*)%]%]', '\2%1\3' )
		:gsub( '%[https?://[^%s%]]+%s+([^%]\n]*)%]', '\2%1\3' )
	return ( mark( text ) )
end

local function news( item )
	local text = item.content.news
	if not text then
		return {}
	end
	return { group( STYLES.post, label( 'onwiki-preview-on', tools.plain( 'onwiki-news' ) ),
		strong( say( 'onwiki-news' ) ) .. element( 'div', STYLES.words, news_look( text ), 'dir="auto"' ) ..
		( text:find( '[%[\']' ) and element( 'div', STYLES.words .. ';' .. SUBTLE .. ';font-size:.85em;font-family:monospace',
			inert( text ), 'dir="auto"' ) or '' ) ) }
end

local function shared( item, config )
	local content, names = item.content, {}
	for n, name in ipairs( item.channels ) do
		names[n] = tools.channel_name( config, name )
	end
	if content.share and #names == 0 then
		return {}
	elseif content.share then
		return { element( 'div', STYLES.post, '↻ ' .. say( 'onwiki-share', content.share, table.concat( names, ', ' ) ) ) }
	elseif content.point then
		return { element( 'div', STYLES.post, '↳ ' .. say( 'onwiki-point', content.point ) ..
			element( 'div', STYLES.words, inert( config.pointers[content.pointer] or '' ), 'dir="auto"' ) ) }
	end
	return {}
end

--- Everything that would go out: what an approver answers for.
function p.show( item, config )
	local pictures = item.has_text and posts( item, config ) or shared( item, config )
	for _, picture in ipairs( news( item ) ) do
		pictures[#pictures + 1] = picture
	end
	for _, picture in ipairs( images( item ) ) do
		pictures[#pictures + 1] = picture
	end
	return #pictures > 0 and element( 'div', STYLES.grid, table.concat( pictures ) ) or ''
end

return p
