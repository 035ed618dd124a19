-- How long ago something was, counted by the wiki whenever somebody looks. Documentation:
-- Module:Social media/doc.
local p = {}

local tools = require( 'Module:Social media/tools' )

local function fill( sentence, number, counted )
	return ( tools.inert( sentence or '$1' ):gsub( '%$(%d)', {
		['1'] = tostring( number ), ['2'] = counted
	} ) )
end

--- {{#invoke:Social media/status|age|TIME|hours=2|minutes=…|long=…|late=…}}: TIME as the bot writes it
--- (2026-11-25T14:00:07Z). Older than `hours` (if given) is said loudly, with the sentence `late`. In the
--- sentences, $1 is the number and $2 when that was counted.
function p.age( frame )
	local args = frame.args
	local time = mw.text.trim( args[1] or '' )
	if not time:find( '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$' ) then
		return tools.inert( time )
	end
	-- A magic word of the time keeps the page from being cached for longer than an hour; os.time and
	-- {{#time}} do not on every version of MediaWiki.
	local now = frame:preprocess( '{{CURRENTTIMESTAMP}}' )
	local language = mw.getContentLanguage()
	local seconds = language:formatDate( 'U', now ) - language:formatDate( 'U', time )
	local minutes = math.max( 0, math.floor( seconds / 60 ) )
	local hours = math.floor( minutes / 60 )
	local limit = tonumber( args.hours or '' )
	local counted = language:formatDate( 'H:i', now ) .. ' UTC'
	if limit and minutes > limit * 60 then
		return '<strong class="error">' .. fill( args.late, hours, counted ) .. '</strong>'
	elseif minutes < 120 then
		return fill( args.minutes, minutes, counted )
	end
	return fill( args.long, hours, counted )
end

return p
