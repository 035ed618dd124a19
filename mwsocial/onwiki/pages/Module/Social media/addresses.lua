-- Which network the post at an address is on. The same rules as the bot's; the bot also looks the post up.
local p = {}

local text = require( 'Module:Social media/limits/text' )

local LOOPBACK = { localhost = true, ['127.0.0.1'] = true }
local LONGEST = 2000

local function set( ... )
	local found = {}
	for _, name in ipairs( { ... } ) do
		found[name] = true
	end
	return found
end

local X_HOSTS = set(
	'x.com', 'www.x.com', 'mobile.x.com', 'twitter.com', 'www.twitter.com', 'mobile.twitter.com'
)
local BLUESKY_HOSTS = set( 'bsky.app', 'www.bsky.app' )
local FACEBOOK_HOSTS = { 'facebook.com', 'fb.com', 'fb.watch', 'fb.me' }
-- Where nobody speaks ActivityPub, these and all hosts below.
local OTHERS = { 'x.com', 'twitter.com', 't.co', 'bsky.app', 'facebook.com', 'fb.com', 'fb.watch', 'fb.me' }

--- Whether an address holds white space or a control character, and how many characters it has.
local function is_broken( address )
	local cps = text.decode( address )
	for _, cp in ipairs( cps ) do
		if cp < 0x20 or cp >= 0x7F and cp < 0xA0 or text.is_space( cp ) then
			return true, #cps
		end
	end
	return false, #cps
end

--- The parts of an address (scheme, host, port and the rest), or nil.
local function split( address )
	local broken, length = is_broken( address )
	if broken or length > LONGEST then
		return nil
	end
	local scheme, host, rest = address:match( '^(%a+)://([^/?#@:\\]+)(.*)$' )
	if not scheme then
		return nil
	end
	local port, past = rest:match( '^:(%d%d?%d?%d?%d?)(.*)$' )
	rest = past or rest
	scheme, host = scheme:lower(), host:lower()
	if scheme ~= 'http' and scheme ~= 'https' or not rest:find( '^[/?]' ) or
		tonumber( port or 0 ) > 65535
	then
		return nil
	end
	return { usual = scheme == 'https' and not port, scheme = scheme, host = host, rest = rest }
end

local function belongs( host, names )
	for _, name in ipairs( names ) do
		if host == name or host:sub( -#name - 1 ) == '.' .. name then
			return true
		end
	end
	return false
end

local function is_x( rest )
	local path = rest:gsub( '[?#].*$', '' ):gsub( '/$', '' )
	local post, kind = path:match( '^(.*)/(%l+)/[1-4]$' )
	path = ( kind == 'photo' or kind == 'video' ) and post or path
	path = path:gsub( '/statuses/', '/status/', 1 )
	local user, id = path:match( '^/([%w_]+)/status/(%d+)$' )
	if not user then
		user, id = path:match( '^/(i/web)/status/(%d+)$' )
	end
	return user ~= nil and #user <= 15 and #id <= 19
end

local function is_handle( who )
	if #who > 253 or not who:find( '%.' ) or not who:find( '%.%a[%w-]*%w$' ) then
		return false
	end
	for label in ( who .. '.' ):gmatch( '([^.]*)%.' ) do
		if #label > 63 or not ( label:find( '^%w[%w-]*%w$' ) or label:find( '^%w$' ) ) then
			return false
		end
	end
	return true
end

local function is_bluesky( rest )
	local who, key = rest:gsub( '[?#].*$', '' ):gsub( '/$', '' ):match( '^/profile/([^/]+)/post/([%w._~:-]+)$' )
	if not who or #key > 512 or #( text.decode( who ) ) > 300 then
		return false
	end
	who = who:gsub( '%%3[Aa]', ':' )
	local method, id = who:match( '^did:(%l+):([%w._:-]+)$' )
	return method ~= nil and #method <= 16 and #id <= 200 or is_handle( who )
end

--- Whether `address` may be that of a post on `network`. On Mastodon it may be any page of any host that
--- belongs to no other network; plain http only on the wiki's own machine, where servers are tried out.
function p.takes( network, address )
	local parts = split( address )
	if not parts then
		return false
	elseif network == 'x' then
		return parts.usual and X_HOSTS[parts.host] and is_x( parts.rest )
	elseif network == 'bluesky' then
		return parts.usual and BLUESKY_HOSTS[parts.host] and is_bluesky( parts.rest )
	elseif parts.rest == '/' then
		return false
	elseif network == 'facebook' then
		return parts.usual and belongs( parts.host, FACEBOOK_HOSTS )
	elseif network ~= 'mastodon' or parts.scheme ~= 'https' and not LOOPBACK[parts.host] then
		return false
	end
	local host = parts.host:gsub( '%.+$', '' )
	return not belongs( host, OTHERS )
end

--- Whether `address` can be that of a post at all: a web address with something behind its host.
function p.is_address( address )
	if is_broken( address ) then
		return false
	end
	local host, rest = address:match( '^[Hh][Tt][Tt][Pp][Ss]?://([^/?#]*)(.*)$' )
	if not host or host:find( '@', 1, true ) then
		return false
	end
	local name, port = host:match( '^(%b[])(.*)$' )
	if not name then
		name, port = host:match( '^([^:]*)(.*)$' )
	end
	if name == '' or not ( port == '' or port == ':' or port:find( '^:%d+$' ) and tonumber( port:sub( 2 ) ) <= 65535 ) then
		return false
	end
	local path, query = rest:match( '^([^?#]*)%??([^#]*)' )
	return path ~= '' and path ~= '/' or query ~= ''
end

return p
