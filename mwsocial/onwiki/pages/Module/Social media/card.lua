-- The HTML of the cards. Everything stands on one line of source, so that no foreign character is
-- ever the first of a line.
local p = {}

local actions = require( 'Module:Social media/actions' )
local check = require( 'Module:Social media/check' )
local limits = require( 'Module:Social media/limits' )
local look = require( 'Module:Social media/look' )
local tools = require( 'Module:Social media/tools' )

--- How many bytes of one post are shown: a page has room for 100 cards.
local ROOM = 8000

local say, html, label, inert = tools.say, tools.html, tools.label, tools.inert

local TONES, STYLES, SUBTLE, LINK = look.TONES, look.STYLES, look.SUBTLE, look.LINK
local element, group, box, frame_of, pill, strong =
	look.element, look.group, look.box, look.frame, look.pill, look.strong

local STATES = {
	proposed = 'active', approved = 'good', sending = 'active', posted = 'good', ['partly posted'] = 'warn',
	failed = 'bad', unconfirmed = 'bad', missed = 'warn', held = 'warn', declined = 'quiet', deleted = 'quiet',
	invalid = 'bad', suggested = 'active'
}
local RECORDS = {
	sending = 'active', posted = 'good', failed = 'bad', unconfirmed = 'bad', waiting = 'warn',
	released = 'quiet', deleted = 'quiet', editing = 'active', deleting = 'active', kept = 'warn'
}

-- Links ----------------------------------------------------------------------------------------

--- A link to an address that the bot recorded, named after the address itself.
local function outside( url )
	if not url:find( '^https?://[%w.:-]+/?[%w._~:/?#@!$&*+,;=%%-]*$' ) or url:find( '^https?://[^/]*@' ) then
		return inert( url )
	end
	local shown = url:gsub( '^https?://', '' )
	if #shown > 60 then
		shown = shown:sub( 1, 59 ) .. '…'
	end
	return '[' .. url .. ' ' .. inert( shown ) .. ']'
end

local function diff( value, name )
	local number = value:match( '^Special:Diff/(%d+)$' ) or value:match( '^(%d+)$' )
	return number and '[[Special:Diff/' .. number .. '|' .. name .. ']]' or nil
end

-- Previews -------------------------------------------------------------------------------------

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
			picture = '[[' .. image.title.prefixedText .. '|frameless|160x120px|alt=' .. inert( image.title.text ) .. ']]'
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
function p.previews( item, config )
	local pictures = item.has_text and posts( item, config ) or shared( item, config )
	for _, picture in ipairs( news( item ) ) do
		pictures[#pictures + 1] = picture
	end
	for _, picture in ipairs( images( item ) ) do
		pictures[#pictures + 1] = picture
	end
	return #pictures > 0 and element( 'div', STYLES.grid, table.concat( pictures ) ) or ''
end

local function list( sentences )
	return '<ul style="margin:.2em 0 0;padding:0;margin-inline-start:1.3em"><li>' .. table.concat( sentences, '</li><li>' ) ..
		'</li></ul>'
end

--- What is wrong, as a list, or ''.
function p.problems( item )
	return ( #item.problems > 0 and box( 'bad', strong( say( 'onwiki-problems' ) ) .. list( item.problems ) ) or '' ) ..
		( #item.remarks > 0 and box( 'quiet', list( item.remarks ) ) or '' )
end

-- Facts ----------------------------------------------------------------------------------------

local function when( item )
	local first, last = item['not-before'], item['not-after']
	if first and last then
		return html( 'onwiki-between', tools.said( first ), tools.said( last ) )
	elseif first then
		return html( 'onwiki-not-before', tools.said( first ) )
	elseif last then
		return html( 'onwiki-not-after', tools.said( last ) )
	end
	return nil
end

local function record( config, name, value )
	local who = strong( inert( name ) )
	local kind, day, clock, rest = value:match( '^(%l+) (%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d):%d%dZ %d+ ?(.*)$' )
	local time = kind and tools.time( day .. ' ' .. clock )
	if not time or not RECORDS[kind] then
		return who .. ': ' .. inert( value )
	end
	local words = who .. ' ' .. pill( RECORDS[kind], say( 'onwiki-record-' .. kind ) ) .. ' ' ..
		element( 'span', SUBTLE, tools.said( time ) )
	local function linked( place )
		local more = diff( place, say( 'onwiki-edit' ) ) or place ~= '' and outside( place )
		return words .. ( more and ' ' .. more or '' )
	end
	if kind == 'posted' or kind == 'deleted' then
		return linked( rest:match( '^%S*' ) )
	elseif kind == 'editing' or kind == 'deleting' then
		return linked( rest:match( '^%S+ %d+ (%S+)' ) or '' )
	elseif kind == 'kept' then
		local place, why = rest:match( '^%S+ %d+ (%S+) ?(.*)$' )
		return linked( place or '' ) .. ( why and why ~= '' and ': ' .. element( 'bdi', nil, tools.signed( why ) ) or '' )
	elseif kind == 'sending' then
		return words
	end
	return words .. ( rest ~= '' and ': ' .. element( 'bdi', nil, tools.signed( rest ) ) or '' )
end

local function records( item, config )
	local rows = {}
	for name in pairs( item.bot ) do
		if name:find( '^sent%-' ) then
			rows[#rows + 1] = name
		end
	end
	if #rows == 0 then
		return ''
	end
	table.sort( rows )
	for n, name in ipairs( rows ) do
		local channel, part = name:match( '^sent%-(.+)%-(%d+)$' )
		channel = channel or name:sub( 6 )
		rows[n] = record( config, tools.channel_name( config, channel ) .. ( part and ' ' .. part or '' ), item.bot[name] )
	end
	return element( 'div', 'margin:.5em 0 0;overflow-wrap:anywhere', list( rows ) )
end

local function lines( item )
	local parts = {}
	local function add( key, ... )
		parts[#parts + 1] = element( 'div', 'margin:.4em 0 0;overflow-wrap:anywhere', html( key, ... ) )
	end
	for _, name in ipairs( { 'hold', 'decline', 'delete-posts' } ) do
		if item.signed[name] then
			parts[#parts + 1] = frame_of( name == 'hold' and 'warn' or 'quiet',
				html( 'onwiki-' .. name, element( 'bdi', nil, tools.signed( item.signed[name] ) ) ) )
		end
	end
	if item.bot.note then
		parts[#parts + 1] = frame_of( STATES[item.state] == 'good' and 'quiet' or 'warn',
			html( 'onwiki-note', element( 'bdi', nil, tools.signed( item.bot.note ) ) ) )
	end
	local found = item.bot['approved-in'] and diff( item.bot['approved-in'], say( 'onwiki-edit' ) )
	local signed = ( item.signed.approved or '' ):gsub( '^%x+%s*', '' )
	if found and signed ~= '' then
		add( 'onwiki-approved-by', tools.signed( signed ), found )
	elseif found then
		add( 'onwiki-approved-in', found )
	elseif signed ~= '' then
		add( 'onwiki-approval-seen', tools.signed( signed ) )
	end
	for _, name in ipairs( item.settled ) do
		add( 'onwiki-settle', inert( name ), tools.signed( item.signed[name] ) )
	end
	if item.bot.decision then
		add( 'onwiki-decided', tools.signed( item.bot.decision ) )
	end
	if item.signed.comment then
		add( 'onwiki-comment', element( 'bdi', nil, tools.signed( item.signed.comment ) ) )
	end
	return table.concat( parts )
end

-- Cards ----------------------------------------------------------------------------------------

local function state_of( item, config )
	local state = ( item.bot.state or 'proposed' ):lower()
	if not STATES[state] then
		state = 'proposed'
	end
	if state == 'proposed' or state == 'approved' then
		if #item.problems > 0 then
			return 'invalid'
		elseif item.signed.hold then
			return 'held'
		elseif mw.title.getCurrentTitle().prefixedText == config.suggestions then
			return 'suggested'
		end
	end
	return state
end

--- The card of an item that `check.read` read.
function p.item( item, config, frame )
	item.state = state_of( item, config )
	local key = item.state:gsub( ' ', '-' )
	local named = say( 'onwiki-state-' .. key )
	local due = when( item )
	local head = element( 'div', STYLES.row, pill( STATES[item.state], named ) ..
		( item.id ~= '' and element( 'code', 'background:none;border:0;padding:0;overflow-wrap:anywhere;' .. SUBTLE,
			inert( item.id ) ) or '' ) ..
		element( 'span', SUBTLE .. ';' .. STYLES.last, due or '' ) )
	local fault = config.fault and box( 'warn', config.fault ) or ''
	local hint = tools.has( 'onwiki-hint-' .. key ) and #item.problems == 0 and
		element( 'div', SUBTLE .. ';margin:.3em 0 0', say( 'onwiki-hint-' .. key ) ) or ''
	local anchor = item.id ~= '' and element( 'span', nil, '', 'id="social-media-' .. item.id .. '"' ) or ''
	return group( STYLES.card .. ';border-inline-start:5px solid ' .. TONES[STATES[item.state]].border,
		label( 'onwiki-card', item.id, tools.plain( 'onwiki-state-' .. key ) ),
		anchor .. head .. hint .. fault .. p.problems( item ) .. records( item, config ) .. lines( item ) ..
		p.previews( item, config ) .. actions.approval( item, config, frame ) .. actions.others( item, config, frame ), tools.spoken() )
end

--- The card of a decision. `verdict`: a key ('matches', 'changed', 'missing', 'short'); `inside`:
--- the words that it approves, as HTML.
function p.decision( id, signed, verdict, inside )
	local name = verdict == 'matches' and 'good' or 'bad'
	return group( STYLES.card .. ';border-inline-start:5px solid ' .. TONES[name].border, label( 'onwiki-decision', id ),
		element( 'div', STYLES.row, pill( name, say( 'onwiki-verdict-' .. verdict ) ) ..
			element( 'span', nil, html( 'onwiki-decision-about', element( 'code', 'background:none;border:0;padding:0', inert( id ) ) ) ) ) ..
		( signed ~= '' and element( 'div', nil, html( 'onwiki-approval-seen', tools.signed( signed ) ) ) or '' ) ..
		element( 'div', SUBTLE .. ';margin:.3em 0 0', say( 'onwiki-verdict-hint-' .. verdict ) ) .. inside, tools.spoken() .. ' data-desk-verdict="' .. verdict .. '"' )
end

--- The card of a mention.
function p.mention( args, config, frame )
	local function value( name )
		return mw.text.trim( mw.text.decode( mw.text.unstripNoWiki( args[name] or '' ) ) )
	end
	local url, decision = value( 'url' ), mw.text.trim( args.decision or '' )
	local note = mw.text.trim( args.note or '' )
	local kind, channel = value( 'kind' ), value( 'channel' )
	local kind_key = 'onwiki-kind-' .. kind
	local date = value( 'date' )
	local day, clock = date:match( '^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d):%d%dZ$' )
	local time = day and tools.time( day .. ' ' .. clock )
	-- Where the wiki takes no link to the post, its address is written in another way.
	local address = ( args.url or '' ):find( '://', 1, true ) and outside( url ) or inert( url )
	return group( STYLES.card, label( 'onwiki-mention', value( 'author' ) ),
		element( 'div', STYLES.row, pill( decision == '' and 'active' or 'quiet',
			decision == '' and say( 'onwiki-mention-waits' ) or say( 'onwiki-mention-decided' ) ) ..
			element( 'bdi', 'font-weight:bold;overflow-wrap:anywhere', inert( value( 'author' ) ) ) ..
			element( 'span', SUBTLE, ( tools.has( kind_key ) and say( kind_key ) or inert( kind ) ) .. ' · ' ..
				inert( tools.channel_name( config, channel ) ) ) ..
			element( 'span', SUBTLE .. ';' .. STYLES.last, time and tools.said( time ) or inert( date ) ) ) ..
		element( 'div', STYLES.words, inert( value( 'excerpt' ) ), 'dir="auto"' ) ..
		element( 'div', SUBTLE .. ';overflow-wrap:anywhere', address ) ..
		( note ~= '' and frame_of( 'warn', html( 'onwiki-note', element( 'bdi', nil, tools.signed( note ) ) ) ) or '' ) ..
		( decision ~= '' and element( 'div', nil, html( 'onwiki-decided', tools.signed( decision ) ) ) or
			actions.choices( url, kind, channel, config, frame ) ), tools.spoken() )
end

--- The card of a decision about a mention.
function p.vote( mention, decision )
	return group( STYLES.card .. ';border-inline-start:5px solid ' .. TONES.active.border, label( 'onwiki-decision', mention ),
		element( 'div', STYLES.row, pill( 'active', say( 'onwiki-vote' ) ) ..
			element( 'span', nil, html( 'onwiki-decided', element( 'bdi', nil, tools.signed( decision ) ) ) ) ) ..
		element( 'div', SUBTLE .. ';margin:.3em 0 0', say( 'onwiki-vote-hint' ) ), tools.spoken() )
end

--- The notice of somebody who stopped the desk.
function p.stop( reason )
	return frame_of( 'bad', strong( say( 'onwiki-stop' ) ) ..
		( reason ~= '' and ' ' .. element( 'bdi', nil, tools.signed( reason ) ) or '' ) ..
		element( 'div', nil, say( 'onwiki-stop-hint' ) ) )
end

--- A plain sentence where a card can't be made.
function p.sorry( key, ... )
	return box( 'warn', say( key, ... ) )
end

return p
