-- The HTML of the cards. Everything stands on one line of source, so that no foreign character is
-- ever the first of a line.
local p = {}

local actions = require( 'Module:Social media/actions' )
local look = require( 'Module:Social media/look' )
local previews = require( 'Module:Social media/previews' )
local tools = require( 'Module:Social media/tools' )

local say, html, label, inert = tools.say, tools.html, tools.label, tools.inert

local TONES, STYLES, SUBTLE = look.TONES, look.STYLES, look.SUBTLE
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
	if item.late then
		return html( 'onwiki-not-after-late', tools.said( last ) )
	elseif first and last then
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
		return linked( place or '' ) .. ( why and why ~= '' and ': ' .. element( 'bdi', nil, tools.signed( why ), tools.written( config ) ) or '' )
	elseif kind == 'sending' then
		return words
	end
	return words .. ( rest ~= '' and ': ' .. element( 'bdi', nil, tools.signed( rest ), tools.written( config ) ) or '' )
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

local function lines( item, config )
	local parts = {}
	local function add( key, ... )
		parts[#parts + 1] = element( 'div', 'margin:.4em 0 0;overflow-wrap:anywhere', html( key, ... ) )
	end
	for _, name in ipairs( { 'hold', 'decline', 'delete-posts' } ) do
		if item.signed[name] then
			-- Anybody can write such a line: what came of it is told by what the bot says.
			local asked = name == 'decline' and item.state ~= 'declined' or
				name == 'delete-posts' and item.state ~= 'deleted'
			parts[#parts + 1] = frame_of( name == 'hold' and 'warn' or 'quiet',
				html( 'onwiki-' .. name .. ( asked and '-asked' or '' ), element( 'bdi', nil, tools.signed( item.signed[name] ) ) ) )
		end
	end
	if item.bot.note then
		parts[#parts + 1] = frame_of( STATES[item.state] == 'good' and 'quiet' or 'warn',
			html( 'onwiki-note', element( 'bdi', nil, tools.signed( item.bot.note ), tools.written( config ) ) ) )
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
	item.late = actions.is_late( item, config, frame )
	if item.late and item.state == 'proposed' then
		item.state = 'missed'
	end
	local key = item.state:gsub( ' ', '-' )
	local named = say( 'onwiki-state-' .. key )
	local due = when( item )
	local head = element( 'div', STYLES.row, pill( STATES[item.state], named ) ..
		( item.id ~= '' and element( 'code', 'background:none;border:0;padding:0;overflow-wrap:anywhere;' .. SUBTLE,
			inert( item.id ) ) or '' ) ..
		element( 'span', SUBTLE .. ';' .. STYLES.last, due or '' ) )
	local fault = config.fault and box( 'warn', config.fault ) or ''
	local hint = item.late and box( 'warn', say( 'onwiki-late' ) ) or tools.has( 'onwiki-hint-' .. key ) and #item.problems == 0 and
		element( 'div', SUBTLE .. ';margin:.3em 0 0', say( 'onwiki-hint-' .. key ) ) or ''
	local anchor = item.id ~= '' and ' id="social-media-' .. item.id .. '"' or ''
	return look.styles() .. group( STYLES.card .. ';border-inline-start:5px solid ' .. TONES[STATES[item.state]].border,
		label( 'onwiki-card', item.id, tools.plain( 'onwiki-state-' .. key ) ),
		head .. hint .. fault .. p.problems( item ) .. records( item, config ) .. lines( item, config ) ..
		previews.show( item, config ) .. actions.approval( item, config, frame ) .. actions.others( item, config, frame ),
		tools.spoken() .. ' class="mwsocial"' .. anchor )
end

--- The card of a decision. `verdict`: a key ('matches', 'given', 'unseen', 'changed', 'missing', 'short'); `inside`:
--- the words that it approves, as HTML; `hint`: the key of the sentence about it where that is not the verdict's.
function p.decision( id, signed, verdict, inside, hint )
	local name = ( verdict == 'matches' or verdict == 'given' ) and 'good' or verdict == 'unseen' and 'warn' or 'bad'
	return look.styles() .. group( STYLES.card .. ';border-inline-start:5px solid ' .. TONES[name].border, label( 'onwiki-decision', id ),
		element( 'div', STYLES.row, pill( name, say( 'onwiki-verdict-' .. verdict ) ) ..
			element( 'span', nil, html( 'onwiki-decision-about', element( 'code', 'background:none;border:0;padding:0', inert( id ) ) ) ) ) ..
		( signed ~= '' and element( 'div', nil, html( 'onwiki-approval-seen', tools.signed( signed ) ) ) or '' ) ..
		element( 'div', SUBTLE .. ';margin:.3em 0 0', say( 'onwiki-verdict-hint-' .. ( hint or verdict ) ) ) .. inside,
		tools.spoken() .. ' class="mwsocial" data-desk-verdict="' .. verdict .. '"' )
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
	return look.styles() .. group( STYLES.card, label( 'onwiki-mention', value( 'author' ) ),
		element( 'div', STYLES.row, pill( decision == '' and 'active' or 'quiet',
			decision == '' and say( 'onwiki-mention-waits' ) or say( 'onwiki-mention-decided' ) ) ..
			element( 'bdi', 'font-weight:bold;overflow-wrap:anywhere', inert( value( 'author' ) ) ) ..
			element( 'span', SUBTLE, ( tools.has( kind_key ) and say( kind_key ) or inert( kind ) ) .. ' · ' ..
				inert( tools.channel_name( config, channel ) ) ) ..
			element( 'span', SUBTLE .. ';' .. STYLES.last, time and tools.said( time ) or inert( date ) ) ) ..
		element( 'div', STYLES.words, inert( value( 'excerpt' ) ), 'dir="auto"' ) ..
		element( 'div', SUBTLE .. ';overflow-wrap:anywhere', address ) ..
		( note ~= '' and frame_of( 'warn', html( 'onwiki-note', element( 'bdi', nil, tools.signed( note ), tools.written( config ) ) ) ) or '' ) ..
		( decision ~= '' and element( 'div', nil, html( 'onwiki-decided', tools.signed( decision ) ) ) or
			actions.choices( url, kind, channel, config, frame ) ), tools.spoken() .. ' class="mwsocial"' )
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
