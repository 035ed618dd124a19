-- How long a post may be on each network, and how each network counts and shows it.
--
-- The rules: Mastodon documentation, "Posting to your profile" (graphemes, every address counts 23,
-- of @user@host only @user counts); X, "Counting characters" (weights, every address counts 23);
-- Bluesky, lexicon app.bsky.feed.post (300 graphemes and 3000 bytes); Facebook, 63206 characters.
-- The bot counts again before it posts, with the limits that the servers themselves state.
local p = {}

local data = mw.loadData( 'Module:Social media/limits/data' )

--- What the desk must know of each network.
p.networks = {
	mastodon = { name = 'Mastodon', limit = 500, images = 4, alt = 1500, warns = true },
	x = { name = 'X', limit = 280, images = 4, alt = 1000 },
	facebook = { name = 'Facebook', limit = 63206, images = 4, alt = 1000 },
	bluesky = { name = 'Bluesky', limit = 300, bytes = 3000, images = 4, alt = 2000 }
}

local byte, sub, find, lower = string.byte, string.sub, string.find, string.lower

-- Text as code points --------------------------------------------------------------------------

--- The code points of well-formed UTF-8, and where each begins; `at[#cps + 1]` is one past the end.
local function decode( text )
	local cps, at, n, i = {}, {}, 0, 1
	while i <= #text do
		local a, b, c, d = byte( text, i, i + 3 )
		n = n + 1
		at[n] = i
		if a < 0x80 then
			cps[n], i = a, i + 1
		elseif a < 0xE0 then
			cps[n], i = ( a - 0xC0 ) * 0x40 + ( b or 0x80 ) - 0x80, i + 2
		elseif a < 0xF0 then
			cps[n], i = ( ( a - 0xE0 ) * 0x40 + ( b or 0x80 ) - 0x80 ) * 0x40 + ( c or 0x80 ) - 0x80, i + 3
		else
			cps[n] = ( ( ( a - 0xF0 ) * 0x40 + ( b or 0x80 ) - 0x80 ) * 0x40 + ( c or 0x80 ) - 0x80 ) * 0x40 +
				( d or 0x80 ) - 0x80
			i = i + 4
		end
	end
	at[n + 1] = #text + 1
	return cps, at
end

local function within( ranges, cp )
	local low, high = 0, #ranges / 3 - 1
	while low <= high do
		local middle = math.floor( ( low + high ) / 2 )
		if cp < ranges[middle * 3 + 1] then
			high = middle - 1
		elseif cp > ranges[middle * 3 + 2] then
			low = middle + 1
		else
			return ranges[middle * 3 + 3]
		end
	end
end

-- mw.loadData's tables are slow to search and have no length: one copy for each invocation that
-- meets a character beyond Latin-1.
local copies = {}
local function ranges( name )
	if not copies[name] then
		local copy = {}
		for i, value in ipairs( data[name] ) do
			copy[i] = value
		end
		copies[name] = copy
	end
	return copies[name]
end

local known = {}
local function class( cp )
	if cp >= 0x20 and cp < 0x7F then
		return 'O', 'O'
	end
	local found = known[cp]
	if not found then
		local break_class = within( ranges( 'breaks' ), cp )
		if not break_class and cp >= 0xAC00 and cp <= 0xD7A3 then
			break_class = ( cp - 0xAC00 ) % 28 == 0 and 'LV' or 'LVT'
		end
		found = { break_class or 'O', within( ranges( 'indic' ), cp ) or 'O' }
		known[cp] = found
	end
	return found[1], found[2]
end

-- Graphemes ------------------------------------------------------------------------------------

local CONTROL = { R = true, F = true, C = true }
local AFTER_L = { L = true, V = true, LV = true, LVT = true }

--- Whether a grapheme ends between two characters (Unicode Standard Annex 29, rules GB3 to GB999),
--- and the state to carry on. `last`, `next`: break classes; `indic`: the next one's Indic class.
local function breaks( state, last, next, indic )
	if last == 'O' and next == 'O' and indic == 'O' then
		return true
	elseif last == 'R' and next == 'F' then
		return false
	elseif CONTROL[last] then
		return true, indic == 'N' and state or nil
	elseif CONTROL[next] then
		return true
	elseif last == 'L' and AFTER_L[next] then
		return false
	elseif ( last == 'LV' or last == 'V' ) and ( next == 'V' or next == 'T' ) then
		return false
	elseif ( last == 'LVT' or last == 'T' ) and next == 'T' then
		return false
	elseif next == 'S' or last == 'P' then
		return false
	elseif state == 'linker' and indic == 'N' then
		return false
	elseif state == 'linker' and indic == 'M' then
		return false, state
	elseif indic == 'K' then
		return next ~= 'E', 'linker'
	elseif state == 'linker' and ( next == 'E' or next == 'Z' ) then
		return false
	elseif state == 'picture' and ( next == 'E' or next == 'Z' ) then
		return false, state
	elseif state == 'picture' and last == 'Z' and next == 'X' then
		return false, state
	elseif last == 'X' and ( next == 'Z' or next == 'E' ) then
		return false, 'picture'
	elseif state == 'flag' and last == 'G' and next == 'G' then
		return false, 'second'
	elseif next == 'G' then
		return true, 'flag'
	elseif next == 'E' or next == 'Z' then
		return false, state
	end
	return true
end

--- The first code point of each grapheme, as positions in `cps`, from `first` to `last`.
local function clusters( cps, first, last )
	if first > last then
		return {}
	end
	local starts, state = { first }, nil
	local previous, indic = class( cps[first] )
	if previous == 'X' then
		state = 'picture'
	elseif previous == 'G' then
		state = 'flag'
	elseif indic == 'K' then
		state = 'linker'
	end
	for i = first + 1, last do
		local next, next_indic = class( cps[i] )
		local split
		split, state = breaks( state, previous, next, next_indic )
		if split then
			starts[#starts + 1] = i
		end
		previous = next
	end
	return starts
end

--- How many characters a person sees in `text`.
function p.graphemes( text )
	if not find( text, '[\128-\255\r]' ) then
		return #text
	end
	local cps = decode( text )
	return #clusters( cps, 1, #cps )
end

-- Addresses ------------------------------------------------------------------------------------

local function set( chars )
	local found = {}
	for i = 1, #chars do
		found[byte( chars, i )] = true
	end
	return found
end

local ALNUM = set( '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' )
local NO_NAME = set( "/!'#%&()*+,\\-.:;<=>?@[]^_{|}~$\t\n\v\f\r " )
local PATH = set( "!*';:=+,.$/%#[]-_~@|&" )
local PATH_END = set( '+-=_#/' )
local QUERY = set( "!?*'@();:&=+$/%#[]-_.,~|" )
local QUERY_END = set( '-_&=#/' )

local function is_bidi( cp )
	return cp >= 0x202A and cp <= 0x202E or cp >= 0x2066 and cp <= 0x2069 or cp == 0x200E or
		cp == 0x200F or cp == 0x61C
end

local function is_name( cp )
	if not cp or NO_NAME[cp] then
		return false
	elseif cp < 0x80 then
		return true
	end
	return not ( cp == 0x85 or cp == 0xA0 or cp == 0x1680 or cp == 0x180E or
		cp >= 0x2000 and cp <= 0x200A or cp == 0x2028 or cp == 0x2029 or cp == 0x202F or cp == 0x205F or
		cp == 0x3000 or cp >= 0xFFFE and cp <= 0xFFFF or cp == 0xFEFF or is_bidi( cp ) )
end

local ACCENTS = {
	[0x253] = true, [0x254] = true, [0x256] = true, [0x257] = true, [0x259] = true, [0x25B] = true,
	[0x263] = true, [0x268] = true, [0x26F] = true, [0x272] = true, [0x289] = true, [0x28B] = true,
	[0x2BB] = true
}

local function is_accented( cp )
	return cp >= 0xC0 and cp <= 0x24F and cp ~= 0xD7 and cp ~= 0xF7 or ACCENTS[cp] or
		cp >= 0x300 and cp <= 0x36F or cp >= 0x1E00 and cp <= 0x1EFF
end

local function is_word( cp )
	return ALNUM[cp] or cp >= 0x400 and cp <= 0x4FF or is_accented( cp )
end

local function is_path( cp )
	return cp and ( PATH[cp] or cp == 0x2013 or is_word( cp ) )
end

local function may_precede( cp )
	return not cp or not ( ALNUM[cp] or cp == 0x40 or cp == 0xFF20 or cp == 0x24 or cp == 0x23 or
		cp == 0xFF03 or cp >= 0xFFFE and cp <= 0xFFFF or cp == 0xFEFF )
end

--- One past a top-level domain at `i`, or nil.
local function top_level( text, cps, at, i )
	if sub( text, at[i], at[i] + 3 ):lower() == 'xn--' then
		local j = i + 4
		while cps[j] and ( ALNUM[cps[j]] or cps[j] == 0x2D ) do
			j = j + 1
		end
		if j > i + 4 then
			return j
		end
	end
	local j = i
	while is_name( cps[j] ) and j - i < 30 do
		j = j + 1
	end
	for ending = j, i + 1, -1 do
		local next = cps[ending]
		if not ( next and ( ALNUM[next] or next == 0x40 or next == 0x2B or next == 0x2D ) ) and
			find( data.domains, '|' .. lower( sub( text, at[i], at[ending] - 1 ) ) .. '|', 1, true )
		then
			return ending
		end
	end
end

--- One past the domain at `i`, or nil: labels with dots between, ending in a top-level domain.
--- `plain`: only letters that are usual without `https://`.
local function domain( text, cps, at, i, plain )
	local found
	local start, underscore = i, false
	local j = i
	if not is_name( cps[j] ) then
		return nil
	end
	while true do
		local cp = cps[j]
		if cp == 0x2E then
			if j == start or not is_name( cps[j - 1] ) then
				return found
			end
			if not underscore then
				found = top_level( text, cps, at, j + 1 ) or found
			end
			start, underscore = j + 1, false
			if not is_name( cps[start] ) then
				return found
			end
		elseif cp == 0x5F then
			underscore = true
		elseif cp ~= 0x2D and ( not is_name( cp ) or plain and not ( ALNUM[cp] or is_accented( cp ) ) ) then
			return found
		end
		j = j + 1
	end
end

--- One past a pair of brackets at `i` that belongs to an address, or nil.
local function brackets( cps, i )
	if cps[i] ~= 0x28 then
		return nil
	end
	local j, inner = i + 1, false
	while true do
		local cp = cps[j]
		if is_path( cp ) then
			j = j + 1
		elseif cp == 0x28 and not inner then
			local k = j + 1
			while is_path( cps[k] ) do
				k = k + 1
			end
			if cps[k] ~= 0x29 or k == j + 1 then
				return nil
			end
			inner, j = true, k + 1
		elseif cp == 0x29 and j > i + 1 then
			return j + 1
		else
			return nil
		end
	end
end

--- One past the port, path and query that follow a domain which ends before `i`.
local function rest( cps, i )
	local j = i
	if cps[j] == 0x3A then
		local k = j + 1
		while cps[k] and cps[k] >= 0x30 and cps[k] <= 0x39 do
			k = k + 1
		end
		j = k > j + 1 and k or j
	end
	local has_path = false
	if cps[j] == 0x2F then
		has_path = true
		local good, k = j + 1, j + 1
		while true do
			local cp = cps[k]
			local past = brackets( cps, k )
			if past then
				-- Brackets directly after a good end belong to the address even at its end.
				if good == k then
					good = past
				end
				k = past
			elseif is_path( cp ) then
				k = k + 1
				if PATH_END[cp] or is_word( cp ) then
					good = k
				end
			else
				break
			end
		end
		j = good
	end
	if cps[j] == 0x3F then
		local good, k = nil, j + 1
		while cps[k] and ( QUERY[cps[k]] or ALNUM[cps[k]] ) do
			if QUERY_END[cps[k]] or ALNUM[cps[k]] then
				good = k + 1
			end
			k = k + 1
		end
		j = good or j
	end
	return j, has_path
end

--- Addresses in code points as { first, past } pairs. `bare`: also those without `https://`.
local function addresses( text, cps, at, bare )
	local found = {}
	if not find( text, bare and '%.' or '://', 1, not bare ) then
		return found
	end
	local i, free = 1, 1 -- `free`: an address may not begin right at the end of the one before it
	while cps[i] do
		local before = cps[i - 1]
		local past
		if may_precede( before ) and ( i == 1 or i > free ) then
			local scheme = sub( text, at[i], at[i] + 7 ):lower()
			local skip = sub( scheme, 1, 7 ) == 'http://' and 7 or scheme == 'https://' and 8
			if skip then
				past = domain( text, cps, at, i + skip )
			elseif bare and ( before ~= 0x2D and before ~= 0x5F and before ~= 0x2E and before ~= 0x2F ) then
				past = domain( text, cps, at, i, true )
			end
		end
		if past then
			past = rest( cps, past )
			found[#found + 1] = { i, past }
			i, free = past, past
		else
			i = i + 1
		end
	end
	return found
end

-- Words that networks make links of --------------------------------------------------------------

local function is_letter( text, at, cps, i )
	local cp = cps[i]
	if not cp then
		return false
	elseif cp < 0x80 then
		return ALNUM[cp] or cp == 0x5F
	end
	return mw.ustring.find( sub( text, at[i], at[i + 1] - 1 ), '^%w' ) ~= nil
end

local function handle_end( text, network, i )
	local name
	if network == 'x' then
		name = string.match( text, '^@[%w_]+', i )
	elseif network == 'bluesky' then
		name = string.match( text, '^@[%w-]+%.[%w.-]*%w', i )
	elseif network == 'mastodon' then
		name = string.match( text, '^@[%w_]+@[%w.-]*%w', i ) or string.match( text, '^@[%w_]+', i )
	end
	return name and i + #name
end

--- The text in pieces as the network sees it: { kind = 'text' | 'url' | 'mention' | 'hashtag', text }.
function p.pieces( network, text )
	local cps, at = decode( text )
	local links = addresses( text, cps, at, network == 'x' )
	local pieces, done = {}, 1
	local function add( kind, first, past )
		if first > done then
			pieces[#pieces + 1] = { kind = 'text', text = sub( text, done, first - 1 ) }
		end
		if past > first then
			pieces[#pieces + 1] = { kind = kind, text = sub( text, first, past - 1 ) }
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
			local cp, before = cps[i], i > 1 and is_letter( text, at, cps, i - 1 )
			local stop = link and link[1] or #cps + 1
			if cp == 0x40 and not before and cps[i - 1] ~= 0x2F then
				local past = handle_end( text, network, at[i] )
				if past and past <= at[stop] then
					add( 'mention', at[i], past )
					while at[i] < past do
						i = i + 1
					end
					i = i - 1
				end
			elseif cp == 0x23 and not before then
				local j, letters = i + 1, false
				while j < stop and is_letter( text, at, cps, j ) do
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
	add( 'text', #text + 1, #text + 1 )
	return pieces
end

-- Counting -------------------------------------------------------------------------------------

local URL = string.rep( 'x', 23 )

local function count_mastodon( text )
	local cps, at = decode( text )
	local parts, done = {}, 1
	for _, link in ipairs( addresses( text, cps, at, false ) ) do
		parts[#parts + 1] = sub( text, done, at[link[1]] - 1 ) .. URL
		done = at[link[2]]
	end
	text = table.concat( parts ) .. sub( text, done )
	if find( text, '@', 1, true ) then
		cps, at = decode( text )
		parts, done = {}, 1
		local from = 1
		for i, cp in ipairs( cps ) do
			if cp == 0x40 and i >= from and cps[i - 1] ~= 0x2F and
				( i == 1 or not is_letter( text, at, cps, i - 1 ) )
			then
				local name, host = string.match( text, '^(@[%w_]+)(@[%w.-]+%w)', at[i] )
				if name then
					parts[#parts + 1] = sub( text, done, at[i] - 1 ) .. name
					done = at[i] + #name + #host
					-- The character before a handle is part of the match, so none begins right here.
					from = i + #name + #host + 1
				end
			end
		end
		text = table.concat( parts ) .. sub( text, done )
	end
	return p.graphemes( text )
end

local function x_weight( cp )
	return ( cp <= 0x10FF or cp >= 0x2000 and cp <= 0x200D or cp >= 0x2010 and cp <= 0x201F or
		cp >= 0x2032 and cp <= 0x2037 ) and 1 or 2
end

local function count_x( text )
	local cps, at = decode( text )
	local total, done = 0, 1
	local function add( first, last )
		local starts = clusters( cps, first, last )
		for n, start in ipairs( starts ) do
			local past = starts[n + 1] or last + 1
			local kind = class( cps[start] )
			-- An emoji counts 2, however many code points it is made of.
			if past - start > 1 and ( kind == 'X' or kind == 'G' or cps[past - 1] == 0x20E3 ) then
				total = total + 2
			else
				for i = start, past - 1 do
					total = total + x_weight( cps[i] )
				end
			end
		end
	end
	for _, link in ipairs( addresses( text, cps, at, true ) ) do
		add( done, link[1] - 1 )
		total, done = total + 23, link[2]
	end
	add( done, #cps )
	return total
end

local function count_characters( text )
	local _, count = string.gsub( text, '[^\128-\191]', '' )
	return count
end

local COUNTS = {
	mastodon = count_mastodon, x = count_x, bluesky = p.graphemes, facebook = count_characters
}

--- How much of the network's limit `text` takes, together with its content warning.
function p.count( network, text, warning )
	local rules = p.networks[network] or {}
	local total = ( COUNTS[network] or count_characters )( text )
	if warning and warning ~= '' and rules.warns then
		total = total + p.graphemes( warning )
	end
	return total
end

--- An address as the network shows it in a post.
function p.shown( network, url )
	if network ~= 'mastodon' and network ~= 'x' then
		return url
	end
	local short = url:gsub( '^[Hh][Tt][Tt][Pp][Ss]?://', '' ):gsub( '^www%.', '' )
	local cps, at = decode( short )
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
function p.parts( text )
	local parts, lines = {}, {}
	for line in ( text .. '\n' ):gmatch( '(.-)\n' ) do
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
