-- How long a post may be on each network, and how each network counts and shows it.
--
-- The limits are the poster's own (Module:Social media/limits/data), and it counts by the same rules:
-- Module:Social media/limits/mastodon and Module:Social media/limits/x say where they come from. Bluesky:
-- lexicon app.bsky.feed.post (300 graphemes and 3000 bytes); Facebook: 63206 characters, in UTF-16 units.
-- The bot counts again before it posts, with the limits that the servers themselves state.
local p = {}

local data = mw.loadData( 'Module:Social media/limits/data' )
local mastodon = require( 'Module:Social media/limits/mastodon' )
local text = require( 'Module:Social media/limits/text' )
local x = require( 'Module:Social media/limits/x' )

local find, sub = string.find, string.sub
local NAMES = { mastodon = 'Mastodon', x = 'X', facebook = 'Facebook', bluesky = 'Bluesky' }

--- What the desk must know of each network: `limit`, `images`, `alt` (lengths and numbers), and whether it
--- can: `threads`, `share`, `point`, `edit`, `warning`.
p.networks = {}
for key, name in pairs( NAMES ) do
	local network = { name = name }
	for fact, value in pairs( data.networks[key] ) do
		network[fact] = value
	end
	p.networks[key] = network
end

p.graphemes = text.graphemes
p.has_address = x.has_address

-- Words that networks make links of --------------------------------------------------------------

local function handle_end( content, network, i )
	local name
	if network == 'x' then
		name = string.match( content, '^@[%w_]+', i )
	elseif network == 'bluesky' then
		name = string.match( content, '^@[%w-]+%.[%w.-]*%w', i )
	elseif network == 'mastodon' then
		name = string.match( content, '^@[%w_]+@[%w.-]*%w', i ) or string.match( content, '^@[%w_]+', i )
	end
	return name and i + #name
end

--- The text in pieces as the network sees it: { kind = 'text' | 'url' | 'mention' | 'hashtag', text }.
function p.pieces( network, content )
	local cps, at = text.decode( content )
	local links = network == 'x' and x.addresses( content, cps ) or mastodon.addresses( cps )
	local pieces, done = {}, 1
	local function add( kind, first, past )
		if first > done then
			pieces[#pieces + 1] = { kind = 'text', text = sub( content, done, first - 1 ) }
		end
		if past > first then
			pieces[#pieces + 1] = { kind = kind, text = sub( content, first, past - 1 ) }
		end
		done = past
	end
	local next_link, i = 1, 1
	while cps[i] do
		local link = links[next_link]
		if link and link[1] == i then
			add( 'url', at[i], at[link[2]] )
			i, next_link = link[2], next_link + 1
		else
			local cp, before = cps[i], text.is_word( cps[i - 1] )
			local stop = link and link[1] or #cps + 1
			if cp == 0x40 and not before and cps[i - 1] ~= 0x2F then
				local past = handle_end( content, network, at[i] )
				if past and past <= at[stop] then
					add( 'mention', at[i], past )
					while at[i] < past do
						i = i + 1
					end
					i = i - 1
				end
			elseif cp == 0x23 and not before then
				local j, letters = i + 1, false
				while j < stop and text.is_word( cps[j] ) do
					letters = letters or not ( cps[j] >= 0x30 and cps[j] <= 0x39 )
					j = j + 1
				end
				if letters then
					add( 'hashtag', at[i], at[j] )
					i = j - 1
				end
			end
			i = i + 1
		end
	end
	add( 'text', #content + 1, #content + 1 )
	return pieces
end

-- Counting -------------------------------------------------------------------------------------

local BYTES_EACH = 10

local COUNTS = {
	mastodon = mastodon.count,
	x = x.count,
	bluesky = function ( content )
		return math.max( text.graphemes( content ), math.ceil( #content / BYTES_EACH ) )
	end,
	facebook = function ( content )
		local _, points = string.gsub( content, '[^\128-\191]', '' )
		local _, pairs_of_units = string.gsub( content, '[\240-\247]', '' )
		return points + pairs_of_units
	end
}

local function count_characters( content )
	local _, count = string.gsub( content, '[^\128-\191]', '' )
	return count
end

--- How much of the network's limit `content` takes; where the network has content warnings, with its own.
function p.count( network, content, warning )
	return ( COUNTS[network] or count_characters )( content, warning )
end

--- Whether it is the bytes that count, which people do not see.
function p.counts_bytes( network, content )
	return network == 'bluesky' and math.ceil( #content / BYTES_EACH ) > text.graphemes( content )
end

--- An address as the network shows it in a post.
function p.shown( network, url )
	if network ~= 'mastodon' and network ~= 'x' then
		return url
	end
	local short = url:gsub( '^[Hh][Tt][Tt][Pp][Ss]?://', '' ):gsub( '^www%.', '' )
	local cps, at = text.decode( short )
	local most = 30
	if network == 'x' then
		local slash = find( short, '/', 1, true )
		if not slash then
			return short
		end
		most = 0
		while at[most + 1] < slash do
			most = most + 1
		end
		most = most + 15
	end
	if #cps <= most then
		return short
	end
	return sub( short, 1, at[most + 1] - 1 ) .. '…'
end

--- The parts of a thread: a line that holds only `----` ends one.
function p.parts( content )
	local parts, lines = {}, {}
	for line in ( content .. '\n' ):gmatch( '(.-)\n' ) do
		if line:find( '^[ \t]*%-%-%-%-[ \t]*$' ) then
			parts[#parts + 1] = mw.text.trim( table.concat( lines, '\n' ), ' \t\n' )
			lines = {}
		else
			lines[#lines + 1] = line
		end
	end
	parts[#parts + 1] = mw.text.trim( table.concat( lines, '\n' ), ' \t\n' )
	return parts
end

return p
