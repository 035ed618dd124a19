-- How X counts: twitter-text, configuration 3. Addresses with or without a scheme weigh 23, an emoji 2,
-- and what is left 1 or 2 by its place in Unicode; X works in UTF-16 units. The poster does the same.
local p = {}

local data = mw.loadData( 'Module:Social media/limits/data' )
local domains = require( 'Module:Social media/limits/domains' )
local text = require( 'Module:Social media/limits/text' )

local ALNUM, set = text.ALNUM, text.set
local ADDRESS, EMOJI = 23, 2
local LONGEST_ADDRESS, LONGEST_SLUG, LONGEST_EMOJI = 4096, 40, 8
local WITHIN = set( "!*';:,.$%[]~@|&" )
local AT_END = set( '+-=_#/' )
local QUERY = set( "!?*'@();:+$%[].,~|" )
local QUERY_END = set( '-_&=#/' )
local NOT_BEFORE = set( '-_./' )

-- Addresses ------------------------------------------------------------------------------------

local function is_letter( cp )
	if cp < 0x80 then
		return ALNUM[cp]
	end
	return cp >= 0x400 and cp <= 0x4FF or cp >= 0x1C80 and cp <= 0x1C87 or text.belongs( 'accented', cp )
end

local function is_end( cp )
	return cp and ( AT_END[cp] or is_letter( cp ) )
end

local function is_sign( cp )
	return cp and ( WITHIN[cp] or cp == 0x2013 or is_end( cp ) )
end

--- One past a pair of brackets at `i` that belongs to an address, or nil.
local function brackets( cps, i )
	if cps[i] ~= 0x28 then
		return nil
	end
	local j = i + 1
	while is_sign( cps[j] ) do
		j = j + 1
	end
	if cps[j] == 0x29 then
		return j > i + 1 and j + 1 or nil
	elseif cps[j] ~= 0x28 then
		return nil
	end
	local k = j + 1
	while is_sign( cps[k] ) do
		k = k + 1
	end
	if k == j + 1 or cps[k] ~= 0x29 then
		return nil
	end
	k = k + 1
	while is_sign( cps[k] ) do
		k = k + 1
	end
	return cps[k] == 0x29 and k + 1 or nil
end

local function query( cps, i )
	if cps[i] ~= 0x3F then
		return i
	end
	local good, k = i, i + 1
	while cps[k] and ( QUERY[cps[k]] or QUERY_END[cps[k]] or ALNUM[cps[k]] ) do
		if not QUERY[cps[k]] then
			good = k + 1
		end
		k = k + 1
	end
	return good
end

--- One past the port, path and query that follow a domain, and whether there is a path.
local function rest( cps, i )
	if cps[i] == 0x3A then
		local k = i + 1
		while cps[k] and cps[k] >= 0x30 and cps[k] <= 0x39 do
			k = k + 1
		end
		i = k > i + 1 and k or i
	end
	if cps[i] ~= 0x2F then
		return query( cps, i ), false
	end
	local good, k = i + 1, i + 1
	while true do
		local past = brackets( cps, k )
		if past then
			k = past
		elseif is_end( cps[k] ) then
			k = k + 1
			good = k
		elseif is_sign( cps[k] ) then
			k = k + 1
		else
			break
		end
	end
	-- Brackets at the very end belong to the path only right after a sign that may end it.
	local past = brackets( cps, good )
	while past do
		good = past
		past = brackets( cps, good )
	end
	return query( cps, good ), true
end

local function is_plain( cp )
	return cp == 0x2D or ( cp < 0x80 and ALNUM[cp] or cp >= 0x80 and text.belongs( 'accented', cp ) )
end

--- Where the plain letters begin that stand right before a dot; the dot where there are none.
local function name_start( cps, first, dot )
	local i = dot
	while i > first and is_plain( cps[i - 1] ) do
		i = i - 1
	end
	return i
end

--- The domains of plain letters within a domain, as { first, past }.
local function plain_names( cps, chain, first, n, last )
	local names = {}
	while n <= last do
		local start, stop = name_start( cps, first, chain.dots[n] ), n
		if start < chain.dots[n] then
			while stop < last and chain.dots[stop] + 1 < chain.dots[stop + 1] and
				name_start( cps, chain.dots[stop] + 1, chain.dots[stop + 1] ) == chain.dots[stop] + 1
			do
				stop = stop + 1
			end
			for dot = stop, n, -1 do
				if chain.tops[dot] then
					first, stop = chain.tops[dot], dot
					names[#names + 1] = { start, first }
					break
				end
			end
		end
		n = stop + 1
		if n <= last then
			first = math.max( first, chain.dots[stop] + 1 )
		end
	end
	return names
end

--- The length of an address t.co, which takes no more than letters and a query; nil: it is none at
--- all, false: it is another address.
local function short( cps, first, at, past )
	local name = { 0x74, 0x2E, 0x63, 0x6F, 0x2F }
	for n = 1, 5 do
		local cp = cps[at + n - 1]
		if not cp or cp ~= name[n] and cp ~= name[n] - 0x20 or n == 2 and cp ~= 0x2E or n == 5 and cp ~= 0x2F then
			return false
		end
	end
	local k = at + 5
	while k < past and ALNUM[cps[k]] do
		k = k + 1
	end
	if k == at + 5 then
		return false
	elseif k - at - 5 > LONGEST_SLUG then
		return nil
	end
	return math.min( query( cps, k ), past ) - first
end

--- The next match in a chain: where it begins, where its domain does, and the domain's dots.
local function next_match( cps, chain, done )
	local at = chain.first
	local start = domains.scheme( cps, at )
	if start and ( start == 1 and done == 1 or start > done and domains.may_precede( cps[start - 1] ) ) then
		local n, last = domains.last_dot( chain, cps, at )
		if last then
			return start, at, n, last
		end
	end
	local i = math.max( at, done + 1 )
	if at == 1 and done == 1 then
		-- The expression of X tries the second character first.
		if domains.may_precede( cps[1] ) then
			local n, last = domains.last_dot( chain, cps, 2 )
			if last then
				return 2, 2, n, last
			end
		end
		local n, last = domains.last_dot( chain, cps, 1 )
		if last then
			return 1, 1, n, last
		end
	end
	while i < chain.past do
		if domains.may_precede( cps[i - 1] ) then
			local n, last = domains.last_dot( chain, cps, i )
			if last then
				return i, i, n, last
			elseif n > #chain.dots then
				return nil
			elseif domains.is_hopeless( chain, cps, n ) then
				i = math.max( i, chain.dots[n] )
			end
		end
		i = i + 1
	end
end

--- Addresses as { start, length } in units, in order.
local function find( cps, look )
	local found, done = {}, 1
	for chain in domains.chains( cps, look ) do
		while chain.past > done do
			local start, at, n, last = next_match( cps, chain, done )
			if not start then
				break
			end
			local after = chain.tops[last]
			local past, has_path = rest( cps, after )
			done = past
			local scheme = at - start
			local names = plain_names( cps, chain, at, n, last )
			local punycode = cps[at] == 0x78 and cps[at + 1] == 0x6E and cps[at + 2] == 0x2D and cps[at + 3] == 0x2D
			if ( scheme > 0 and scheme or 8 ) + past - start > LONGEST_ADDRESS or
				not domains.has_good_labels( cps, at, after ) or punycode and not names[1]
			then
				-- It is passed over, and no address.
			elseif scheme > 0 then
				local length = short( cps, start, at, past )
				if length ~= nil then
					found[#found + 1] = { start, length or past - start }
				end
			elseif start == 1 or not NOT_BEFORE[cps[start - 1]] then
				for number, name in ipairs( names ) do
					local more = number == #names and has_path and past - after or 0
					found[#found + 1] = { name[1], name[2] - name[1] + more }
				end
			end
		end
	end
	return found
end

--- The code points as UTF-16 units, and for each unit the number of its code point (nil: they are the same).
local function units_of( cps )
	local same = true
	for _, cp in ipairs( cps ) do
		same = same and cp <= 0xFFFF
	end
	if same then
		return cps, nil
	end
	local units, numbers, n = {}, {}, 0
	for number, cp in ipairs( cps ) do
		n = n + 1
		numbers[n] = number
		if cp > 0xFFFF then
			units[n] = 0xD800 + math.floor( ( cp - 0x10000 ) / 0x400 )
			n = n + 1
			units[n], numbers[n] = 0xDC00 + cp % 0x400, number
		else
			units[n] = cp
		end
	end
	numbers[n + 1] = #cps + 1
	return units, numbers
end

--- Addresses as { first, past, extra weight } in code points, none beginning within another.
local function spans( cps, look )
	local units, numbers = units_of( cps )
	local found, past = {}, 1
	for _, one in ipairs( find( units, look ) ) do
		local start, stop = one[1], one[1] + one[2]
		if start >= past then
			past = stop
			if numbers then
				-- If it ends within a pair of units, the other half weighs 2 more.
				local half = numbers[stop - 1] == numbers[stop]
				found[#found + 1] = { numbers[start], numbers[stop] + ( half and 1 or 0 ), half and 2 or 0 }
			else
				found[#found + 1] = { start, stop, 0 }
			end
		end
	end
	return found
end

--- Addresses with the top-level domains that X is known to know, and with newer ones where that
--- makes a difference.
local function both( content, cps )
	if not content:find( '.', 1, true ) then
		return {}, nil
	end
	local look = {}
	local found = spans( cps, look )
	return found, look.seen and spans( cps, { newer = true } ) or nil
end

-- Counting -------------------------------------------------------------------------------------

local function weight( cp )
	return ( cp <= 0x10FF or cp >= 0x2000 and cp <= 0x200D or cp >= 0x2010 and cp <= 0x201F or
		cp >= 0x2032 and cp <= 0x2037 ) and 1 or 2
end

--- How many code points of `content` from number `i` on X takes for one emoji, or nil for just one.
local function emoji( content, cps, at, i )
	local next = cps[i + 1]
	if not next or next ~= 0x200D and next ~= 0xFE0F and next ~= 0x20E3 and next ~= 0xE0067 and
		not ( next >= 0x1F1E6 and next <= 0x1F1FF ) and not ( next >= 0x1F3FB and next <= 0x1F3FF )
	then
		return nil
	end
	for length = math.min( LONGEST_EMOJI, #cps - i + 1 ), 2, -1 do
		if data.emoji[content:sub( at[i], at[i + length] - 1 )] then
			return length
		end
	end
end

local function total( content, cps, at, found )
	local sum, place, drawn, n = 0, 1, 1, 1
	for i, cp in ipairs( cps ) do
		local length = i >= drawn and emoji( content, cps, at, i )
		drawn = length and i + length or drawn
		while found[n] and found[n][1] < i do
			n = n + 1
		end
		if i >= place then
			local span = found[n]
			if span and span[1] == i then
				sum, place = sum + ADDRESS + span[3], span[2]
			elseif length then
				sum, place = sum + EMOJI, i + length
			else
				sum = sum + weight( cp )
			end
		end
	end
	return sum
end

--- The weighted length of `content`.
function p.count( content )
	content = text.normal( content )
	local cps, at = text.decode( content )
	local known, newer = both( content, cps )
	local sum = total( content, cps, at, known )
	return newer and math.max( sum, total( content, cps, at, newer ) ) or sum
end

--- The addresses in code points, as { first, past } pairs.
function p.addresses( content, cps )
	local known, newer = both( content, cps )
	return newer or known
end

--- Whether X finds an address in `content`: such a post costs more.
function p.has_address( content )
	content = text.normal( content )
	return p.addresses( content, ( text.decode( content ) ) )[1] ~= nil
end

return p
