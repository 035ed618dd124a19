-- Reads an item from a template's arguments and finds what would keep it from being posted.
-- It sees what a preview sees; the bot checks the page itself again and has the last word.
local p = {}

local limits = require( 'Module:Social media/limits' )
local tools = require( 'Module:Social media/tools' )
local values = require( 'Module:Social media/values' )

local CONTENT = {
	'id', 'text', 'share', 'point', 'pointer', 'image', 'alt', 'image2', 'alt2', 'image3', 'alt3', 'image4',
	'alt4', 'warning', 'language', 'channels', 'not-before', 'not-after', 'news'
}
local SIGNED = { 'approved', 'comment', 'hold', 'decline', 'delete-posts' }
local OTHERS = { state = true, note = true, ['approved-in'] = true, decision = true }
local IMAGES = { '', '2', '3', '4' }

local is_content, is_signed = {}, {}
for _, name in ipairs( CONTENT ) do
	is_content[name] = true
end
for _, name in ipairs( SIGNED ) do
	is_signed[name] = true
end

--- What kind of parameter `name` is: 'content', 'signed', 'other' or nil.
local function kind( name )
	if type( name ) ~= 'string' then
		return nil
	elseif is_content[name] or name:find( '^text%-.' ) then
		return 'content'
	elseif is_signed[name] or name:find( '^settle%-.' ) then
		return 'signed'
	elseif OTHERS[name] or name:find( '^sent%-.' ) then
		return 'other'
	end
end

local function trimmed( value )
	return mw.text.trim( value, ' \t\n' )
end

local function names_of( value )
	local names, seen = {}, {}
	for name in ( value .. ',' ):gmatch( '([^,]*),' ) do
		name = trimmed( name )
		if name ~= '' and not seen[name] then
			seen[name] = true
			names[#names + 1] = name
		end
	end
	table.sort( names )
	return names
end

--- The text of the item on one channel, '' where it has none.
function p.text_on( item, name )
	return item.content['text-' .. name] or item.content.text or ''
end

--- The thread of the item on one channel: { text, count, limit, over } for each part.
function p.thread( item, config, name )
	local channel = config.channels[name] or { network = name }
	local rules = limits.networks[channel.network] or {}
	local limit = channel.limit or rules.limit
	local parts = limits.parts( p.text_on( item, name ) )
	for n, text in ipairs( parts ) do
		local count = limits.count( channel.network, text, item.content.warning )
		parts[n] = {
			text = text, count = count, limit = limit, over = limit and count > limit,
			bytes = rules.bytes and #text > rules.bytes and rules.bytes
		}
	end
	return parts
end

local function check_kind( item, say )
	local content = item.content
	local texts = content.text
	for name in pairs( content ) do
		texts = texts or name:find( '^text%-' ) and name
	end
	item.has_text = texts ~= nil
	local count = ( texts and 1 or 0 ) + ( content.share and 1 or 0 ) + ( content.point and 1 or 0 )
	if count > 1 then
		say( 'onwiki-check-one-kind' )
	elseif count == 0 and not content.news then
		say( 'onwiki-check-empty' )
	end
	if content.pointer and not content.point then
		say( 'onwiki-check-pointer-alone' )
	elseif content.point and not content.pointer then
		say( 'onwiki-check-point-alone' )
	end
	for _, name in ipairs( { 'share', 'point' } ) do
		if content[name] and not content[name]:find( '^https?://[^%s"<>]+$' ) then
			say( 'onwiki-check-address', name )
		end
	end
end

local function check_channels( item, config, say )
	local content = item.content
	local posts = item.has_text or content.share or content.point
	if config.fault then
		return
	end
	if content.pointer and content.point and not config.pointers[content.pointer] then
		say( 'onwiki-check-pointer-unknown', content.pointer )
	end
	for _, name in ipairs( item.channels ) do
		local channel = config.channels[name]
		if not channel then
			say( 'onwiki-check-channel-unknown', name, table.concat( config.enabled, ', ' ) )
		elseif not channel.enabled then
			say( 'onwiki-check-channel-off', name )
		elseif item.has_text and p.text_on( item, name ) == '' then
			say( 'onwiki-check-channel-text', name )
		elseif content.share and content.channels and not limits.networks[channel.network].shares then
			say( 'onwiki-check-no-share', tools.channel_name( config, name ) )
		end
	end
	if posts and #item.channels == 0 then
		say( 'onwiki-check-no-channels' )
	end
	for name in pairs( content ) do
		local channel = name:match( '^text%-(.+)$' )
		if channel and not config.channels[channel] then
			say( 'onwiki-check-text-unknown', name, table.concat( config.enabled, ', ' ) )
		end
	end
end

local function check_lengths( item, config, say )
	if not item.has_text then
		return
	end
	for _, name in ipairs( item.channels ) do
		local parts = p.thread( item, config, name )
		for n, part in ipairs( parts ) do
			local where = tools.channel_name( config, name )
			if part.over then
				local key = #parts > 1 and 'onwiki-check-part-long' or 'onwiki-check-long'
				say( key, where, part.count - part.limit, part.limit, n )
			elseif part.bytes then
				say( 'onwiki-check-bytes', where, part.bytes )
			elseif part.text == '' and #parts > 1 then
				say( 'onwiki-check-part-empty', n )
			end
		end
	end
end

local function check_images( item, say )
	for _, number in ipairs( IMAGES ) do
		local name, alt = item.content['image' .. number], item.content['alt' .. number]
		if name then
			local title = mw.title.new( name )
			if not title or title.namespace ~= 6 or title.interwiki ~= '' then
				say( 'onwiki-check-image-name', 'image' .. number )
			else
				-- Looking for a file is costly and limited on a page: not knowing is no problem.
				local ok, exists = pcall( function ()
					return title.file.exists
				end )
				if ok and not exists then
					say( 'onwiki-check-image-missing', title.text )
				end
				item.images[#item.images + 1] = {
					title = title, alt = alt or '', missing = ok and not exists
				}
			end
			if not alt then
				say( 'onwiki-check-alt', 'alt' .. number )
			end
		elseif alt then
			say( 'onwiki-check-alt-alone', 'alt' .. number, 'image' .. number )
		end
	end
end

local function check_times( item, say )
	for _, name in ipairs( { 'not-before', 'not-after' } ) do
		local value = item.content[name]
		if value then
			item[name] = tools.time( value )
			if not item[name] then
				say( 'onwiki-check-time', name, value )
			end
		end
	end
	if item['not-before'] and item['not-after'] and item['not-before'] >= item['not-after'] then
		say( 'onwiki-check-time-order' )
	end
end

--- The item of a template's arguments: content (resolved values that are not empty), signed, bot,
--- channels (effective names), images, problems (sentences in HTML), fingerprint (nil where it can't
--- be known).
function p.read( args, config )
	local item = { content = {}, signed = {}, bot = {}, images = {}, problems = {}, id = '' }
	local said = {}
	local function say( key, ... )
		local sentence = tools.say( key, ... )
		if not said[sentence] then
			said[sentence] = true
			item.problems[#item.problems + 1] = sentence
		end
	end
	local names, unknown = {}, {}
	for name in pairs( args ) do
		names[#names + 1] = name
	end
	table.sort( names, function ( a, b )
		return tostring( a ) < tostring( b )
	end )
	for _, name in ipairs( names ) do
		local value, what = args[name], kind( name )
		if what == 'content' then
			local resolved, found = values.resolve( value, name )
			if resolved and resolved ~= '' then
				item.content[name] = resolved
			end
			for _, fault in ipairs( found or {} ) do
				say( fault.key, unpack( fault.args or fault ) )
			end
		elseif what == 'signed' then
			item.signed[name] = trimmed( value ) ~= '' and trimmed( value ) or nil
		elseif what == 'other' then
			item.bot[name] = trimmed( value ) ~= '' and trimmed( value ) or nil
		else
			unknown[#unknown + 1] = tostring( name )
		end
	end
	item.id = item.content.id or ''
	table.sort( unknown )
	for _, name in ipairs( unknown ) do
		if not tonumber( name ) then
			say( 'onwiki-check-unknown', name )
		elseif not next( item.signed ) then
			-- After a signed parameter it may be a signature's own pipe.
			say( 'onwiki-check-pipe' )
		end
	end
	if item.id ~= '' and not ( item.id:find( '^[a-z0-9][a-z0-9-]*$' ) and #item.id <= 64 ) then
		say( 'onwiki-check-id', item.id )
	end
	item.channels = item.content.channels and names_of( item.content.channels ) or config.enabled
	check_kind( item, say )
	check_channels( item, config, say )
	check_lengths( item, config, say )
	check_images( item, say )
	check_times( item, say )
	if not config.fault then
		item.fingerprint = values.fingerprint( item.content, config.enabled, config.language )
	end
	return item
end

return p
