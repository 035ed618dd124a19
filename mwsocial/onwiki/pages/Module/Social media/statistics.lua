-- The picture and the table of the page of statistics. Documentation: Module:Social media/doc.
--
-- The picture is made of boxes alone, so it needs no extension and no script; the table below it says the
-- same in words. Everything comes from the template's own arguments, one for each week.
local p = {}

local tools = require( 'Module:Social media/tools' )

local say, inert, label = tools.say, tools.inert, tools.label

--- So many of the newest weeks are drawn.
local DRAWN = 26

local SUBTLE = 'color:var(--color-subtle,#54595d)'
local BORDER = '1px solid var(--border-color-subtle,#c8ccd1)'
local CARD = 'border:' .. BORDER .. ';border-radius:6px;padding:.7em .9em;min-width:0;' ..
	'background:var(--background-color-base,#fff);color:var(--color-base,#202122)'
local GRID = 'display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18em),1fr));gap:.8em;margin:.8em 0'
local BARS = 'display:flex;align-items:flex-end;gap:2px;height:4.5em;border-bottom:' .. BORDER .. ';margin-top:.2em'
local COLOURS = {
	followers = 'var(--background-color-progressive,#36c)',
	reactions = 'var(--background-color-success,#177860)',
	posts = 'var(--background-color-warning,#ab7f2a)'
}
local KINDS = { 'followers', 'reactions', 'posts' }

local PLAIN = 'color:var(--color-base,#202122)'
local TABLE = 'background:var(--background-color-base,#fff);' .. PLAIN
local HEAD = 'background:var(--background-color-neutral,#eaecf0);color:var(--color-base,#202122)'

local function number( value )
	return value and mw.getContentLanguage():formatNum( value ) or '?'
end

--- `mastodon: 1200 followers, 12 posts, ? reactions; items: id 12` as numbers by channel, and the items.
local function read( text )
	local channels, items, good = {}, nil, false
	for part in ( text .. ';' ):gmatch( '%s*(.-)%s*;' ) do
		local name, rest = part:match( '^(%l[%l%d]*):%s*(.*)$' )
		if name == 'items' then
			items = rest
		elseif name then
			local numbers = {}
			for count, kind in rest:gmatch( '([%d.,]+)%s+(%l+)' ) do
				numbers[kind] = tonumber( ( count:gsub( '[.,]', '' ) ) )
			end
			channels[name], good = numbers, true
		end
	end
	return good and { channels = channels, items = items } or { raw = text }
end

local function weeks_of( args )
	local weeks = {}
	for name, value in pairs( args ) do
		name = mw.text.trim( tostring( name ) )
		if name:find( '^%d%d%d%d%-W%d%d$' ) then
			local week = read( mw.text.trim( mw.text.decode( mw.text.killMarkers( value ) ) ) )
			week.name = name
			weeks[#weeks + 1] = week
		end
	end
	table.sort( weeks, function ( a, b ) return a.name > b.name end )
	return weeks
end

--- The channels that any week tells of: first those of the configuration, in its order.
local function channels_of( weeks, config )
	local seen, names, others = {}, {}, {}
	for _, week in ipairs( weeks ) do
		for name in pairs( week.channels or {} ) do
			seen[name] = true
		end
	end
	for _, name in ipairs( config.enabled ) do
		if seen[name] then
			names[#names + 1] = name
			seen[name] = nil
		end
	end
	for name in pairs( seen ) do
		others[#others + 1] = name
	end
	table.sort( others )
	for _, name in ipairs( others ) do
		names[#names + 1] = name
	end
	return names
end

--- One row of boxes, oldest week first.
local function bars( weeks, name, kind )
	local most = 0
	for _, week in ipairs( weeks ) do
		most = math.max( most, week.channels and week.channels[name] and week.channels[name][kind] or 0 )
	end
	local boxes, last = {}, nil
	for n = #weeks, 1, -1 do
		local week = weeks[n]
		local value = week.channels and week.channels[name] and week.channels[name][kind]
		local height = value and most > 0 and math.max( 2, math.floor( value / most * 100 + .5 ) ) or 0
		last = value or last
		boxes[#boxes + 1] = '<span title="' .. inert( week.name .. ': ' .. number( value ) ) .. '" style="flex:1 1 0;' ..
			'min-width:2px;max-width:2em;border-radius:2px 2px 0 0;height:' .. height .. '%;background:' ..
			COLOURS[kind] .. '"></span>'
	end
	local said = label( 'lists-chart-' .. kind, number( last ), number( most ), #weeks )
	local title = kind == 'followers' and '' or
		'<div style="' .. SUBTLE .. ';font-size:.85em;margin-top:.6em">' .. say( 'lists-' .. kind ) .. '</div>'
	return title ..
		'<div role="img" aria-label="' .. said .. '" style="' .. BARS .. '">' .. table.concat( boxes ) .. '</div>'
end

--- How many followers there are, and how many more than in the week before that is known.
local function followers( weeks, name )
	local now, before
	for _, week in ipairs( weeks ) do
		local value = week.channels and week.channels[name] and week.channels[name].followers
		if value and not now then
			now = value
		elseif value then
			before = value
			break
		end
	end
	local change = now and before and now - before
	local more = change and change ~= 0 and ( change > 0 and '+' or '−' ) .. number( math.abs( change ) )
	return '<div style="display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .5em"><span style="font-size:1.6em;' ..
		'font-weight:bold;line-height:1.3">' .. number( now ) .. '</span><span style="' .. SUBTLE .. '">' ..
		say( 'lists-followers' ) .. ( more and ' (' .. more .. ')' or '' ) .. '</span></div>'
end

local function picture( weeks, names, config )
	local newest = {}
	for _, week in ipairs( weeks ) do
		if week.channels and #newest < DRAWN then
			newest[#newest + 1] = week
		end
	end
	local cards = {}
	for _, name in ipairs( names ) do
		local rows = ''
		for _, kind in ipairs( KINDS ) do
			rows = rows .. bars( newest, name, kind )
		end
		cards[#cards + 1] = '<div style="' .. CARD .. '"><div style="font-weight:bold">' ..
			inert( tools.channel_name( config, name ) ) .. '</div>' .. followers( weeks, name ) .. rows ..
			'<div style="display:flex;justify-content:space-between;' .. SUBTLE .. ';font-size:.8em"><span>' ..
			inert( newest[#newest].name ) .. '</span><span>' .. inert( newest[1].name ) .. '</span></div></div>'
	end
	return '<div style="' .. GRID .. '">' .. table.concat( cards ) .. '</div>'
end

local function cell( numbers )
	if not numbers then
		return '<td>–</td>'
	end
	return '<td style="text-align:end;white-space:nowrap"><b>' .. number( numbers.followers ) .. '</b><br><span style="' ..
		SUBTLE .. ';font-size:.9em">' .. say( 'lists-week', number( numbers.posts ), number( numbers.reactions ) ) ..
		'</span></td>'
end

local function tabled( weeks, names, config )
	local head = '<tr><th scope="col" style="' .. HEAD .. '">' .. say( 'lists-week-name' ) .. '</th>'
	for _, name in ipairs( names ) do
		head = head .. '<th scope="col" style="' .. HEAD .. '">' .. inert( tools.channel_name( config, name ) ) .. '</th>'
	end
	head = head .. '<th scope="col" style="' .. HEAD .. '">' .. say( 'lists-items' ) .. '</th></tr>'
	local rows = {}
	for _, week in ipairs( weeks ) do
		local row = '<tr><th scope="row" style="' .. HEAD .. ';white-space:nowrap">' .. inert( week.name ) .. '</th>'
		if week.raw then
			row = row .. '<td colspan="' .. #names + 1 .. '">' .. inert( week.raw ) .. '</td>'
		else
			for _, name in ipairs( names ) do
				row = row .. cell( week.channels[name] )
			end
			row = row .. '<td>' .. inert( week.items or '' ) .. '</td>'
		end
		rows[#rows + 1] = row .. '</tr>'
	end
	-- What can be scrolled must be reachable by the keyboard (WCAG 2.1, 2.1.1).
	return '<div style="overflow-x:auto" tabindex="0" role="group" aria-label="' .. tools.label( 'lists-caption' ) .. '"><table class="wikitable" style="' .. TABLE .. '"><caption style="' .. PLAIN .. ';text-align:start">' .. say( 'lists-caption' ) .. '</caption>' ..
		head .. table.concat( rows ) .. '</table></div>'
end

--- {{#invoke:Social media/statistics|show}} in Template:Social media statistics.
function p.show( frame )
	local weeks = weeks_of( frame:getParent().args )
	if #weeks == 0 then
		return '<div style="' .. SUBTLE .. '">' .. say( 'lists-no-weeks' ) .. '</div>'
	end
	local config = tools.configuration()
	local names = channels_of( weeks, config )
	return ( #names > 0 and picture( weeks, names, config ) or '' ) .. tabled( weeks, names, config )
end

return p
