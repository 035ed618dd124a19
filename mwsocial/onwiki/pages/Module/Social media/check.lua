-- Reads an item from a template's arguments and finds what would keep it from being posted.
-- It sees what a preview sees; the bot checks the page itself again and has the last word.
local p = {}

local addresses = require( 'Module:Social media/addresses' )
local limits = require( 'Module:Social media/limits' )
local source = require( 'Module:Social media/source' )
local tools = require( 'Module:Social media/tools' )
local values = require( 'Module:Social media/values' )

local CONTENT = {
	'id', 'text', 'share', 'point', 'pointer', 'image', 'alt', 'image2', 'alt2', 'image3', 'alt3', 'image4',
	'alt4', 'warning', 'language', 'channels', 'not-before', 'not-after', 'news'
}
local SIGNED = { 'approved', 'comment', 'hold', 'decline', 'delete-posts' }
local OTHERS = { state = true, note = true, ['approved-in'] = true, decision = true }
local IMAGES = { '', '2', '3', '4' }
-- What networks take, by the ending of its name; of a drawing (SVG) nobody knows how it will look.
local IMAGE_TYPES = { gif = true, jpe = true, jpeg = true, jpg = true, png = true, webp = true }
local EXAMPLE_IMAGE, EXAMPLE_TIME = 'File:MediaWiki 1.47.png', '2026-11-25 14:00'

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

--- The text of the item on one channel, '' where it has none.
function p.text_on( item, name )
	return item.content['text-' .. name] or item.content.text or ''
end

--- What the network of a channel takes and can, the channel's limit, and the network's key.
function p.rules_of( config, name )
	local channel = config.channels[name] or { network = name }
	local rules = limits.networks[channel.network] or {}
	return rules, channel.limit or rules.limit, channel.network
end
local rules_of = p.rules_of

--- The thread of the item on one channel: { text, count, limit, over } for each part; `bytes` where it
--- is the bytes of a part that count.
function p.thread( item, config, name )
	item.threads = item.threads or {}
	if item.threads[name] then
		return item.threads[name]
	end
	local _, limit, network = rules_of( config, name )
	local parts = limits.parts( p.text_on( item, name ) )
	for n, text in ipairs( parts ) do
		local count = limits.count( network, text, item.content.warning )
		parts[n] = {
			text = text, count = count, limit = limit, over = limit and count > limit,
			bytes = limits.counts_bytes( network, text )
		}
	end
	item.threads[name] = parts
	return parts
end

--- What the posts of a thread cost on one channel, or nil where the network takes nothing; and whether
--- one of them has a link.
function p.cost( config, name, thread )
	local _, _, network = rules_of( config, name )
	if network ~= 'x' then
		return nil
	end
	local sum, linked = 0, false
	for _, part in ipairs( thread ) do
		local link = limits.has_address( part.text )
		sum = sum + config.prices[link and 'post with link' or 'post']
		linked = linked or link
	end
	return sum, linked
end

--- Names as a sentence lists them.
local function listed( names )
	table.sort( names )
	return #names > 0 and table.concat( names, ', ' ) or '–'
end

local function keys( found )
	local names = {}
	for name in pairs( found ) do
		names[#names + 1] = name
	end
	return listed( names )
end

--- Whether a reader sees anything of `text`.
local function is_visible( text )
	return mw.ustring.find( text, '[^%s%c\194\173\226\128\139-\226\128\143\226\129\160-\226\129\175]' ) ~= nil
end

-- Rules: the same as the bot's, with the same sentences ------------------------------------------

local function check_kinds( item, config, say )
	local content, kinds = item.content, {}
	for name in pairs( content ) do
		if name == 'text' or name:find( '^text%-' ) then
			kinds[1] = 'text'
		end
	end
	item.has_text = #kinds > 0
	for _, name in ipairs( { 'share', 'point' } ) do
		kinds[#kinds + 1] = content[name] and name
	end
	item.posts = #kinds > 0
	if #kinds > 1 then
		say( '', 'validity-kinds', table.concat( kinds, ', ' ) )
	elseif not item.posts and not content.news then
		say( '', 'validity-nothing' )
	end
end

local function check_channels( item, config, say, remark )
	local content, on = item.content, {}
	if content.channels and #item.channels == 0 then
		say( '', 'validity-channels-empty' )
	end
	for _, name in ipairs( item.channels ) do
		local channel = config.channels[name]
		if name == 'news' then
			say( 'channels', 'validity-channel-news' )
		elseif not channel then
			say( 'channels', 'validity-channel-unknown', name, keys( config.channels ) )
		elseif not channel.enabled then
			remark( '', 'validity-channel-off', name )
		else
			on[#on + 1] = name
		end
	end
	for name in pairs( content ) do
		local channel = name:match( '^text%-(.+)$' )
		if channel and not config.channels[channel] then
			say( name, 'validity-channel-unknown', channel, keys( config.channels ) )
		end
	end
	if item.posts and #on == 0 then
		say( '', 'validity-channels-off', listed( config.enabled ) )
	end
	item.channels = item.posts and on or {}
	for name in pairs( content ) do
		local channel, going = name:match( '^text%-(.+)$' ), false
		for _, one in ipairs( item.channels ) do
			going = going or one == channel
		end
		if channel and config.channels[channel] and not going then
			remark( '', 'validity-text-unused', name, channel )
		end
	end
end

local function check_pointer( item, config, say )
	local content = item.content
	if content.pointer and not content.point then
		say( '', 'validity-pointer-alone' )
	elseif content.point and not content.pointer then
		say( '', 'validity-pointer-missing', keys( config.pointers ) )
	elseif content.pointer and not config.pointers[content.pointer] then
		say( '', 'validity-pointer-unknown', content.pointer, keys( config.pointers ) )
	end
end

local function check_addresses( item, config, say, remark )
	for _, kind in ipairs( { 'share', 'point' } ) do
		local address = item.content[kind]
		if address and not addresses.is_address( address ) then
			say( kind, 'validity-address', address, 'https://' )
		elseif address then
			local going, others = {}, {}
			for _, name in ipairs( item.channels ) do
				local rules, _, network = rules_of( config, name )
				if rules[kind] and addresses.takes( network, address ) then
					going[#going + 1] = name
				elseif item.content.channels then
					say( kind, 'validity-share-channel', name )
				else
					others[#others + 1] = tools.channel_name( config, name )
				end
			end
			if #going == 0 and #item.channels > 0 and not item.content.channels then
				say( kind, 'validity-share-nowhere' )
			elseif #others > 0 then
				remark( '', 'onwiki-cannot-' .. kind, listed( others ) )
			end
			item.channels = going
		end
	end
end

-- As in mwsocial/desk/validity.py.
local MOST_PARTS = 25

local function check_texts( item, config, say )
	if item.content.warning and not item.has_text then
		say( '', 'validity-warning-no-text' )
	end
	for name, text in pairs( item.content ) do
		if name == 'text' or name:find( '^text%-' ) then
			local parts = limits.parts( text )
			if #parts > MOST_PARTS then
				say( name, 'validity-parts-many', #parts, MOST_PARTS )
				parts = {}
			end
			for _, part in ipairs( parts ) do
				if not is_visible( part ) then
					say( name, #parts > 1 and 'validity-empty-part' or 'validity-empty-text' )
				end
			end
		end
	end
end

local function check_lengths( item, config, say, remark )
	for _, name in ipairs( item.channels ) do
		local rules, limit, network = rules_of( config, name )
		if item.has_text then
			local where = item.content['text-' .. name] and 'text-' .. name or 'text'
			if p.text_on( item, name ) == '' then
				say( '', 'validity-no-text', name )
			end
			local parts = p.thread( item, config, name )
			local threads = rules.threads or network == 'x' and config.channels[name].threads == true
			if #parts > 1 and not threads then
				say( where, 'validity-no-threads', name )
			end
			for n, part in ipairs( parts ) do
				if part.over and #parts > 1 then
					say( where, 'validity-part-too-long', name, part.count - limit, limit, n )
				elseif part.over then
					say( where, 'validity-too-long', name, part.count - limit, limit )
				end
				if part.over and part.bytes then
					remark( where, 'onwiki-counts-bytes', name, limit * 10 )
				end
			end
		elseif item.content.point then
			local count = limits.count( network, config.pointers[item.content.pointer] or '' )
			if limit and count > limit then
				say( 'pointer', 'validity-too-long', name, count - limit, limit )
			end
		end
		for _, number in ipairs( IMAGES ) do
			local alt = 'alt' .. number
			local surplus = rules.alt and mw.ustring.len( item.content[alt] or '' ) - rules.alt or 0
			if surplus > 0 then
				say( alt, 'validity-too-long', name, surplus, rules.alt )
			end
		end
	end
end

--- Whether the wiki has a file: true, false, or nil where it does not tell. Looking is costly and limited on
--- a page, so each file is looked for once; not knowing is no problem.
local function has_file( title, seen )
	local key = title.prefixedText
	if seen[key] == nil then
		local ok, exists = pcall( function ()
			return title.file.exists
		end )
		seen[key] = ok and { exists } or {}
	end
	return seen[key][1]
end

local function check_images( item, config, say )
	local before
	local seen, given = {}, 0
	for n, number in ipairs( IMAGES ) do
		local image, alt = 'image' .. number, 'alt' .. number
		local name, words = item.content[image], item.content[alt]
		if name then
			given = given + 1
			if not item.has_text then
				say( '', 'validity-image-no-text' )
			end
			if n > 1 and not item.content[before] then
				say( '', 'validity-image-gap', image, before )
			end
			local title = name:lower():find( '^[fi][im][la]g?e:[^#<>%[%]|{}%c/:\\]+%.%w%w%w?%w?%w?$' ) and mw.title.new( name )
			if not title or title.namespace ~= 6 then
				say( image, 'validity-image-name', name, EXAMPLE_IMAGE )
			else
				local ending = ( title.text:match( '%.(%w+)$' ) or '' ):lower()
				local missing = not IMAGE_TYPES[ending]
				if missing then
					say( image, ending == 'svg' and 'onwiki-check-image-svg' or 'onwiki-check-image-type',
						title.text, keys( IMAGE_TYPES ) )
				else
					missing = has_file( title, seen ) == false
					if missing then
						say( image, 'onwiki-check-image-missing', title.text )
					end
				end
				item.images[#item.images + 1] = { title = title, alt = words or '', missing = missing }
			end
			if not words or not is_visible( words ) then
				say( '', 'validity-alt-missing', image, alt )
			end
		elseif words then
			say( '', 'validity-alt-alone', alt, image )
		end
		before = image
	end
	for _, name in ipairs( item.channels ) do
		local rules = rules_of( config, name )
		if rules.images and given > rules.images then
			say( '', 'validity-images-many', name, rules.images )
		end
	end
end

local function check_times( item, config, say )
	for _, name in ipairs( { 'not-before', 'not-after' } ) do
		local value = item.content[name]
		item[name] = value and tools.time( value )
		if value and not item[name] then
			say( name, 'validity-time', value, EXAMPLE_TIME )
		end
	end
	if item['not-before'] and item['not-after'] and item['not-before'] >= item['not-after'] then
		say( '', 'validity-times-order' )
	end
	local language = item.content.language
	if language and not ( language:find( '^%l%l%l?$' ) or language:find( '^%l%l%l?%-%w[%w-]*$' ) ) then
		say( 'language', 'validity-language', language, 'en' )
	end
end

--- Sentences, each once, in the order of their being said.
local function collector( sentences )
	local said = {}
	return function ( where, key, ... )
		local sentence = tools.say( key, ... )
		if where ~= '' then
			sentence = '<code>' .. tools.inert( where ) .. '</code>: ' .. sentence
		end
		if not said[sentence] then
			said[sentence] = true
			sentences[#sentences + 1] = sentence
		end
	end
end

--- The names of a template's parameters in an order that is always the same.
local function sorted( args )
	local names = {}
	for name in pairs( args ) do
		names[#names + 1] = name
	end
	table.sort( names, function ( a, b )
		return tostring( a ) < tostring( b )
	end )
	return names
end

--- The item of a template's arguments: content (resolved values that are not empty), signed, settled
--- (names), bot, channels (those it goes to), images, problems and remarks (sentences in HTML), fingerprint (nil
--- Whether a line of the item on this page ends its content with a bar: what follows would be lost. The arguments
--- alone do not tell what they stood behind.
local function bar_in_content( id )
	local inside = id ~= '' and source.item( mw.title.getCurrentTitle():getContent() or '', id ) or ''
	inside = inside:gsub( '<nowiki>.-</nowiki>', '' ):gsub( '%[%[[^%[%]\n]*%]%]', '' ):gsub( '{{[^{}]*}}', '' )
	for line in inside:gmatch( '[^\n]+' ) do
		local name, rest = line:match( '^%s*|%s*([%l%d-]+)%s*=(.*)$' )
		if name and kind( name ) == 'content' and rest:find( '|', 1, true ) then
			return true
		end
	end
	return false
end

--- where it can't be known).
function p.read( args, config )
	local item = {
		content = {}, signed = {}, settled = {}, bot = {}, images = {}, problems = {}, remarks = {}, id = ''
	}
	local say, remark = collector( item.problems ), collector( item.remarks )
	local unknown, on_queue = {}, mw.title.getCurrentTitle().prefixedText == config.queue
	for _, name in ipairs( sorted( args ) ) do
		local value, what = args[name], kind( name )
		if name == 'decision' and on_queue then
			-- Suggestions have one; an item of the queue is approved instead.
			what = nil
		end
		if what == 'content' then
			local resolved, faults = values.resolve( value, name )
			item.content[name] = resolved ~= '' and resolved or nil
			-- A form's own blanks, which nobody has filled in.
			local blank = mw.text.killMarkers( value ):match( '{{{[^{}]*}}}' )
			if blank then
				say( name, 'onwiki-check-blank', blank )
			end
			for _, fault in ipairs( faults ) do
				say( name, fault.key, unpack( fault.args ) )
			end
		elseif what == 'signed' then
			item.signed[name] = trimmed( value ) ~= '' and trimmed( value ) or nil
			if item.signed[name] and name:find( '^settle' ) then
				item.settled[#item.settled + 1] = name
			end
		elseif what == 'other' then
			item.bot[name] = trimmed( value ) ~= '' and trimmed( value ) or nil
		else
			unknown[#unknown + 1] = name
		end
	end
	-- After a signed parameter a bar may be the signature's own.
	if not next( item.signed ) or #unknown > 0 and bar_in_content( item.content.id or '' ) then
		for _, name in ipairs( unknown ) do
			if type( name ) == 'number' then
				say( '', 'validity-bar', '|', '{{!}}' )
			else
				say( '', 'validity-unknown', name, '|', '{{!}}' )
			end
		end
	end
	local id = item.content.id or ''
	if id ~= '' and not ( id:find( '^[a-z0-9][a-z0-9-]*$' ) and #id <= 64 ) then
		say( '', 'validity-id', id )
		item.content.id, id = nil, ''
	end
	item.id = id
	if not config.fault then
		item.fingerprint = values.fingerprint( item.content, config.enabled, config.language )
	end
	item.channels = item.content.channels and values.channelNames( item.content.channels ) or config.enabled
	if config.fault and #item.channels == 0 then
		-- The words can be looked at even so.
		item.channels = { 'mastodon' }
	end
	for _, rule in ipairs( {
		check_kinds, check_channels, check_pointer, check_addresses, check_texts, check_lengths, check_images,
		check_times
	} ) do
		-- Without a configuration nobody knows the channels: then only the words themselves are looked at.
		if not config.fault or rule == check_kinds or rule == check_texts or rule == check_images or
			rule == check_times
		then
			rule( item, config, say, remark )
		end
	end
	return item
end

return p
