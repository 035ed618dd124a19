-- How long ago something was, counted by the wiki whenever somebody looks. Documentation:
-- Module:Social media/doc.
local p = {}

local tools = require( 'Module:Social media/tools' )

local function fill( sentence, number )
	return ( tools.inert( sentence or '$1' ):gsub( '%$1', tostring( number ) ) )
end

--- {{#invoke:Social media/status|age|TIME|hours=2|minutes=…|long=…|late=…}}: TIME as the bot writes it
--- (2026-11-25T14:00:07Z). Older than `hours` (if given) is said loudly, with the sentence `late`.
function p.age( frame )
	local args = frame.args
	local time = mw.text.trim( args[1] or '' )
	if not time:find( '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$' ) then
		return tools.inert( time )
	end
	local then_ = tonumber( mw.getContentLanguage():formatDate( 'U', time ) )
	local minutes = math.max( 0, math.floor( ( os.time() - then_ ) / 60 ) )
	local hours = math.floor( minutes / 60 )
	local limit = tonumber( args.hours or '' )
	if limit and minutes > limit * 60 then
		return '<strong class="error">' .. fill( args.late, hours ) .. '</strong>'
	elseif minutes < 120 then
		return fill( args.minutes, minutes )
	end
	return fill( args.long, hours )
end

return p
