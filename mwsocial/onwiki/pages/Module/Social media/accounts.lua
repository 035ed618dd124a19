-- The rows of the list of accounts that we follow. Documentation: Module:Social media/doc.
local p = {}

local limits = require( 'Module:Social media/limits' )
local tools = require( 'Module:Social media/tools' )

local say, inert = tools.say, tools.inert

local SUBTLE = 'color:var(--color-subtle,#54595d)'
local ROW = 'display:flex;flex-wrap:wrap;align-items:baseline;gap:.2em .8em;max-width:60em;' ..
	'border-top:1px solid var(--border-color-subtle,#c8ccd1);padding:.4em 0'
local HAND = 'border-radius:1em;padding:0 .6em;background:var(--background-color-warning-subtle,#fdf2d5);' ..
	'color:var(--color-warning,#886425)'

local function span( style, inside )
	return '<span' .. ( style and ' style="' .. style .. '"' or '' ) .. '>' .. inside .. '</span>'
end

--- Where people see an account, as for the bot; nil where its name does not tell.
local function address( network, account )
	local name = account:gsub( '^@', '' )
	if network == 'mastodon' then
		local user, host = name:match( '^([%w_.-]+)@([%w.-]+)$' )
		return user and 'https://' .. host .. '/@' .. user
	elseif not name:find( '^[%w_.-]+$' ) then
		return nil
	elseif network == 'x' then
		return 'https://x.com/' .. name
	elseif network == 'bluesky' then
		return 'https://bsky.app/profile/' .. name
	elseif network == 'facebook' then
		return 'https://www.facebook.com/' .. name
	end
end

--- {{#invoke:Social media/accounts|row}} in Template:Social media account.
function p.row( frame )
	local args = frame:getParent().args
	local config = tools.configuration()
	local function value( name )
		return mw.text.trim( mw.text.decode( mw.text.unstripNoWiki( args[name] or '' ) ) )
	end
	local account, name = value( 'account' ), value( 'channel' )
	local channel = config.channels[name]
	local network = channel and limits.networks[channel.network]
	local confirmed = mw.text.trim( args.confirmed or '' )
	local link = network and address( channel.network, account )
	local shown = '<bdi>' .. inert( account == '' and '?' or account ) .. '</bdi>'
	local parts = {
		'<b style="overflow-wrap:anywhere">' .. ( link and '[' .. link .. ' ' .. shown .. ']' or shown ) .. '</b>',
		span( SUBTLE, network and inert( tools.channel_name( config, name ) ) or say( 'lists-no-channel', name ) )
	}
	if network and not network.follow then
		parts[#parts + 1] = span( HAND, say( 'lists-by-hand' ) )
	end
	local why = mw.text.trim( args.why or '' )
	if why ~= '' then
		parts[#parts + 1] = span( 'flex:1 1 16em', '<bdi>' .. tools.signed( why ) .. '</bdi>' )
	end
	parts[#parts + 1] = span( 'font-size:.9em;flex-basis:100%', confirmed ~= '' and
		tools.html( 'lists-confirmed', '<bdi>' .. tools.signed( confirmed ) .. '</bdi>' ) or say( 'lists-counts' ) )
	return '<div style="' .. ROW .. '">' .. table.concat( parts, ' ' ) .. '</div>'
end

return p
