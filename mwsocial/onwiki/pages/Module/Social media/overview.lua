-- The desk at a glance, on top of the queue: what waits for whom, and the coming two weeks by account.
-- And the line that joins the desk's pages. Documentation: Module:Social media/doc.
--
-- It reads the queue as it is saved, and says what the page says: nothing here approves or sends.
local p = {}

local look = require( 'Module:Social media/look' )
local source = require( 'Module:Social media/source' )
local tools = require( 'Module:Social media/tools' )

local say, inert, element = tools.say, tools.inert, look.element

--- So many items are read, so many of a kind are named, and so many days are shown.
local MOST, NAMED, DAYS = 300, 6, 14
--- How much of an item's words tells it from others, in bytes.
local SHOWN = 60

-- Reading --------------------------------------------------------------------------------------

local STATES = {
	proposed = true, approved = true, sending = true, posted = true, ['partly posted'] = true, failed = true,
	unconfirmed = true, missed = true, held = true, declined = true, deleted = true, invalid = true
}

local function plain( value )
	return mw.text.trim( mw.text.killMarkers( mw.text.unstripNoWiki( value or '' ) ) )
end

--- When the last of an item's records was written, as `tools.time` gives it, or ''.
local function sent( args, config )
	local last = ''
	for name in pairs( config.channels ) do
		local day, clock = plain( args['sent-' .. name] ):match( '^posted (%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d):%d%dZ ' )
		local time = day and tools.time( day .. ' ' .. clock )
		last = time and time > last and time or last
	end
	return last
end

--- {{#invoke:Social media/overview|row|…}} with an item's arguments: what the overview needs of it. Each
--- field is of letters that end no field: nothing that an item holds is taken for another item's.
function p.row( frame )
	local args, config = frame.args, tools.configuration()
	local id, state = plain( args.id ), plain( args.state ):lower()
	if not id:find( '^[a-z0-9][a-z0-9-]*$' ) or #id > 64 then
		id = ''
	end
	state = STATES[state] and state or 'proposed'
	local last = tools.time( plain( args['not-after'] ) )
	if ( state == 'proposed' or state == 'approved' ) and plain( args.hold ) ~= '' then
		state = 'held'
	elseif state == 'proposed' and last and tools.is_over( last, frame ) then
		-- As its card says.
		state = 'missed'
	end
	local channels = {}
	for name in plain( args.channels ):gmatch( '[^%s,]+' ) do
		channels[#channels + 1] = config.channels[name] and name or nil
	end
	local words = plain( args.text )
	for _, name in ipairs( { 'text-mastodon', 'share', 'point', 'news' } ) do
		words = words ~= '' and words or plain( args[name] )
	end
	words = words:gsub( '%f[^\n%z]%-%-%-%-+%s*%f[\n%z]', ' ' ):gsub( '%s+', ' ' )
	if #words > SHOWN then
		words = words:sub( 1, SHOWN ):gsub( '[\192-\255][\128-\191]*$', '' ) .. '…'
	end
	return table.concat( {
		'row', id, state:gsub( ' ', '+' ), ( tools.time( plain( args['not-before'] ) ) or '' ):gsub( ' ', '+' ),
		sent( args, config ):gsub( ' ', '+' ), table.concat( channels, ',' ), mw.uri.encode( words ), 'end'
	}, ';' )
end

--- The items of the queue, in the order of the page; and whether there are more than are read.
local function items( frame, config )
	local found, more = {}, false
	local title = mw.title.new( config.queue )
	source.each( title and title:getContent() or '', function ( inside )
		if #found == MOST then
			more = true
			return true
		end
		-- MediaWiki itself takes the item apart, exactly as for its card.
		local id, state, first, last, channels, words = frame:preprocess(
			'{{#invoke:Social media/overview|row' .. inside .. '}}'
		):match( '^row;([a-z0-9-]*);([a-z+]+);([%d:+-]*);([%d:+-]*);([%l%d,]*);([%w%%+._~-]*);end$' )
		if state then
			local item = {
				id = id, state = state:gsub( '+', ' ' ), first = first:gsub( '+', ' ' ), last = last:gsub( '+', ' ' ),
				channels = {}, words = mw.uri.decode( words )
			}
			for name in channels:gmatch( '[^,]+' ) do
				item.channels[name] = true
			end
			if not next( item.channels ) then
				for _, name in ipairs( config.enabled ) do
					item.channels[name] = true
				end
			end
			found[#found + 1] = item
		end
	end )
	return found, more
end

-- What waits for whom --------------------------------------------------------------------------

-- What the status page, too, says that it needs a person; and what whoever wants it posted has to change.
local PERSON = { failed = true, unconfirmed = true, ['partly posted'] = true }
local CORRECT = { invalid = true, missed = true }

--- Where an item belongs: a key of the lists, or nil for what nobody waits for.
local function place( item, today )
	if PERSON[item.state] then
		return 'person'
	elseif CORRECT[item.state] then
		return 'correct'
	elseif item.state == 'held' then
		return 'held'
	elseif item.state == 'proposed' then
		return 'approve'
	elseif item.state == 'approved' or item.state == 'sending' then
		return item.first:sub( 1, 10 ) <= today and 'today' or 'later'
	elseif item.state == 'posted' then
		return 'posted'
	end
	return nil
end

local function link( item, shown )
	return item.id ~= '' and '[[#social-media-' .. item.id .. '|' .. shown .. ']]' or shown
end

local function day_and_clock( time )
	return tools.date( 'j M, H:i', time )
end

local function entry( item, key )
	local words = item.words ~= '' and item.words or item.id
	local shown = link( item, element( 'bdi', nil, inert( words ~= '' and words or '–' ) ) )
	local more = ''
	if key == 'person' or key == 'correct' and item.state ~= 'invalid' then
		more = say( 'onwiki-state-' .. item.state:gsub( ' ', '-' ) )
	elseif key == 'posted' then
		more = item.last ~= '' and say( 'overview-time', day_and_clock( item.last ) ) or ''
	elseif item.first ~= '' then
		more = say( 'overview-time', day_and_clock( item.first ) )
	end
	return shown .. ( more ~= '' and ' ' .. element( 'span', look.SUBTLE, more ) or '' )
end

local TONE = { approve = 'active', today = 'good', later = 'good', person = 'bad', correct = 'warn', held = 'warn', posted = 'quiet' }

local function list( key, found )
	local rows = {}
	for n = 1, math.min( #found, NAMED ) do
		rows[n] = '<li>' .. entry( found[n], key ) .. '</li>'
	end
	if #found > NAMED then
		rows[#rows + 1] = '<li>' .. say( 'overview-more', #found - NAMED ) .. '</li>'
	end
	local colours = look.TONES[TONE[key]]
	return element( 'div', look.STYLES.post .. ';border-block-start:4px solid ' .. colours.border,
		look.strong( say( 'overview-' .. key, #found ) ) ..
		( #found > 0 and '<ul style="margin:.3em 0 0;padding:0;margin-inline-start:1.2em;overflow-wrap:anywhere">' ..
			table.concat( rows ) .. '</ul>' or '' ) )
end

-- Calendar -------------------------------------------------------------------------------------

local WAITS = { proposed = true, approved = true, sending = true, held = true, invalid = true, ['partly posted'] = true }

--- The entries of one account on one day.
local function cell( found, name, day, today )
	local entries = {}
	for _, item in ipairs( found ) do
		local due = item.first:sub( 1, 10 )
		local soon = day == today and item.first == '' and ( item.state == 'approved' or item.state == 'sending' )
		local late = day == today and item.first ~= '' and due < today and item.state ~= 'proposed'
		if WAITS[item.state] and item.channels[name] and ( due == day or soon or late ) then
			local sure = item.state == 'approved' or item.state == 'sending'
			local shown = due == day and inert( item.first:sub( 12 ) ) or say( 'overview-soon' )
			entries[#entries + 1] = ( sure and '✓ ' or '' ) .. link( item, shown ) .. ( sure and '' or ' ?' )
		end
	end
	return table.concat( entries, '<br>' ), #entries
end

local CELL = 'border:' .. look.BORDER .. ';padding:.15em .4em;text-align:start;vertical-align:top;font-weight:normal'

local function calendar( found, config, now )
	local today = now:sub( 1, 10 )
	local rows, head = {}, { element( 'th', CELL, say( 'overview-day' ), 'scope="col"' ) }
	for _, name in ipairs( config.enabled ) do
		head[#head + 1] = element( 'th', CELL .. ';font-weight:bold', inert( tools.channel_name( config, name ) ), 'scope="col"' )
	end
	rows[1] = element( 'tr', nil, table.concat( head ) )
	local noon = tonumber( mw.language.new( 'en' ):formatDate( 'U', today .. ' 12:00 UTC' ) )
	for n = 0, DAYS - 1 do
		local stamp = '@' .. ( noon + n * 86400 )
		local day = mw.language.new( 'en' ):formatDate( 'Y-m-d', stamp )
		local weekend = tonumber( mw.language.new( 'en' ):formatDate( 'N', stamp ) ) > 5
		local cells = { element( 'th', CELL .. ( n == 0 and ';font-weight:bold' or '' ), inert( tools.date( 'D j M', stamp ) ), 'scope="row"' ) }
		for _, name in ipairs( config.enabled ) do
			local inside, count = cell( found, name, day, today )
			-- More than a few on one day stand out.
			local colours = count > 3 and look.TONES.warn or count > 0 and look.TONES.active
			cells[#cells + 1] = element( 'td', CELL .. ( colours and ';background:' .. colours.background or '' ), inside )
		end
		rows[#rows + 1] = element( 'tr', weekend and 'background:var(--background-color-neutral-subtle,#f8f9fa)' or nil, table.concat( cells ) )
	end
	-- What can be scrolled must be reachable by the keyboard (WCAG 2.1, 2.1.1).
	return element( 'div', 'overflow-x:auto;margin:.8em 0 0', element( 'table',
		'border-collapse:collapse;font-size:.9em;max-width:60em;width:100%;white-space:nowrap',
		element( 'caption', 'text-align:start;font-weight:bold;margin:0 0 .3em;white-space:normal', say( 'overview-calendar' ) ) ..
		table.concat( rows ) ), 'tabindex="0" role="group" aria-label="' .. tools.label( 'overview-calendar' ) .. '"' ) .. element( 'div', look.SUBTLE .. ';font-size:.9em', say( 'overview-legend' ) )
end

--- {{#invoke:Social media/overview|overview}} in Template:Social media overview.
function p.overview( frame )
	local config = tools.configuration()
	-- A magic word of the time keeps the page from being cached for longer than an hour.
	local now = mw.language.new( 'en' ):formatDate( 'Y-m-d H:i', frame:preprocess( '{{CURRENTTIMESTAMP}}' ) )
	local found, more = items( frame, config )
	local lists = { approve = {}, today = {}, later = {}, person = {}, correct = {}, held = {}, posted = {} }
	for _, item in ipairs( found ) do
		local key = place( item, now:sub( 1, 10 ) )
		if key then
			table.insert( lists[key], item )
		end
	end
	local function by_first( a, b )
		return a.first < b.first
	end
	table.sort( lists.today, by_first )
	table.sort( lists.later, by_first )
	table.sort( lists.posted, function ( a, b )
		return a.last > b.last
	end )
	local boxes = {}
	for _, key in ipairs( { 'person', 'correct', 'approve', 'today', 'later', 'held', 'posted' } ) do
		-- What has nothing to say takes no room, but for the two that people come for.
		if #lists[key] > 0 or key == 'approve' or key == 'today' then
			boxes[#boxes + 1] = list( key, lists[key] )
		end
	end
	return look.group( 'max-width:60em;margin:.6em 0 1em;' .. look.TEXT, tools.label( 'overview-title' ),
		( config.fault and look.box( 'warn', config.fault ) or '' ) ..
		( more and look.box( 'warn', say( 'overview-too-many', MOST ) ) or '' ) ..
		element( 'div', look.STYLES.grid, table.concat( boxes ) ) .. calendar( found, config, now ) ..
		element( 'div', look.SUBTLE .. ';font-size:.9em', say( 'overview-counted', day_and_clock( now ) ) ), tools.spoken() )
end

-- The desk's pages -----------------------------------------------------------------------------

--- {{#invoke:Social media/overview|pages}} in Template:Social media pages: links to all of them, the one
--- that is being read marked.
function p.pages( frame )
	local config = tools.configuration()
	local here, links = mw.title.getCurrentTitle().prefixedText, {}
	local month = frame:preprocess( '{{CURRENTYEAR}}-{{CURRENTMONTH}}' )
	for _, key in ipairs( { 'queue', 'mentions', 'suggestions', 'status', 'statistics', 'accounts', 'archive' } ) do
		local name = config.pages[key]:gsub( '{year}', month:sub( 1, 4 ) ):gsub( '{month}', month:sub( 6 ) )
		local title = mw.title.new( name )
		local shown = say( 'overview-page-' .. key )
		if title and title.prefixedText == here then
			links[#links + 1] = element( 'b', 'border-block-end:3px solid ' .. look.TONES.active.border .. ';padding:.2em .1em', shown )
		elseif title then
			links[#links + 1] = '[[:' .. title.prefixedText .. '|' .. shown .. ']]'
		end
	end
	return look.group( look.STYLES.row .. ';gap:.3em 1.2em;max-width:60em;padding:.3em 0;margin:0 0 .6em;border-block-end:' ..
		look.BORDER, tools.label( 'overview-pages' ), table.concat( links, ' ' ), tools.spoken() )
end

return p
