-- Where networks see the domain of an address: the rule of twitter-text, which X and Mastodon both use.
-- A run of characters that can belong to a domain is looked at once, from its end to its start, and
-- then answers for every start; so it stays linear whatever anybody wrote. The poster does the same.
local p = {}

local data = mw.loadData( 'Module:Social media/limits/data' )
local text = require( 'Module:Social media/limits/text' )

local ALNUM, set = text.ALNUM, text.set
local NO_NAME = set( "!'#%&()*+,\\-./:;<=>?@[]^_{|}~$\t\n\v\f\r " )
local NO_START = set( '@$#' )
local DOT, HYPHEN, LOW_LINE = 0x2E, 0x2D, 0x5F
local LONGEST_LABEL, LONGEST_NAME = 63, 18

--- Whether a character can stand in a label of a domain (apart from - and _).
function p.is_name( cp )
	if not cp then
		return false
	elseif cp < 0x80 then
		return not NO_NAME[cp]
	end
	return not ( cp == 0x85 or cp == 0xA0 or cp == 0x61C or cp == 0x1680 or cp == 0x180E or
		cp >= 0x2000 and cp <= 0x200A or cp == 0x200E or cp == 0x200F or cp >= 0x2028 and cp <= 0x202F or
		cp == 0x205F or cp >= 0x2066 and cp <= 0x2069 or cp == 0x3000 or cp == 0xFEFF or
		cp == 0xFFFE or cp == 0xFFFF )
end

--- Whether an address may begin right after this character; nil is the start of the text.
function p.may_precede( cp )
	return not cp or not ( ALNUM[cp] or NO_START[cp] or cp == 0xFF20 or cp == 0xFF03 or cp == 0xFFFE or
		cp == 0xFEFF or cp == 0xFFFF )
end

--- One past `http://` or `https://` that ends before `i`: its start, or nil.
function p.scheme( cps, i )
	local function word( first, name )
		if first < 1 then
			return nil
		end
		for n = 1, #name do
			local cp = cps[first + n - 1]
			if cp ~= name:byte( n ) and cp ~= name:upper():byte( n ) then
				return nil
			end
		end
		return first
	end
	if cps[i - 1] ~= 0x2F then
		return nil
	end
	return word( i - 8, 'https://' ) or word( i - 7, 'http://' )
end

-- Top-level domains ----------------------------------------------------------------------------

local function goes_on( cp )
	return cp and ( ALNUM[cp] or cp == 0x40 or cp == 0x2B or cp == 0x2D )
end

local function canonical( cp )
	if cp >= 0x61 and cp <= 0x7A then
		return string.char( cp - 0x20 )
	elseif cp < 0x80 then
		return string.char( cp )
	elseif cp > 0xFFFF or cp >= 0xD800 and cp <= 0xDFFF then
		return '\0'
	end
	local name = text.encode( cp )
	return data.folds[name] or name
end

--- One past the top-level domain at `i`, or nil. `look.newer`: the newer ones count, too;
--- `look.seen` is set where one of these stands.
local function top_level( cps, i, look )
	local function is_known( name )
		local kind = data.domains[name]
		look.seen = look.seen or kind == 2
		return kind == 1 or look.newer and kind == 2
	end
	local past = i
	while cps[past] and cps[past] < 0x80 and ALNUM[cps[past]] and cps[past] > 0x39 do
		past = past + 1
	end
	if cps[past] and cps[past] >= 0x80 then
		local names, name = {}, ''
		for n = 1, LONGEST_NAME do
			if not cps[i + n - 1] then
				break
			end
			name = name .. canonical( cps[i + n - 1] )
			names[n] = name
		end
		for n = #names, 1, -1 do
			if is_known( names[n] ) and not goes_on( cps[i + n] ) then
				return i + n
			end
		end
	elseif past > i and past - i <= LONGEST_NAME and not goes_on( cps[past] ) then
		local name = string.char( unpack( cps, i, past - 1 ) )
		if is_known( name:upper() ) then
			return past
		end
	end
	-- Punycode: xn-- and letters, digits and hyphens.
	if ( cps[i] == 0x78 or cps[i] == 0x58 ) and ( cps[i + 1] == 0x6E or cps[i + 1] == 0x4E ) and
		cps[i + 2] == HYPHEN and cps[i + 3] == HYPHEN
	then
		past = i + 4
		while cps[past] and ( ALNUM[cps[past]] or cps[past] == HYPHEN ) do
			past = past + 1
		end
		return past > i + 4 and past or nil
	end
end

-- Chains ---------------------------------------------------------------------------------------

local function is_label( cps, i, dot )
	return i < dot and cps[i] ~= DOT and cps[i] ~= HYPHEN and cps[i] ~= LOW_LINE and
		cps[dot - 1] ~= HYPHEN and cps[dot - 1] ~= LOW_LINE
end

--- Whether the label before dot number `n`, from `i` on, may stand before a top-level domain there.
local function ends( chain, i, n )
	return chain.tops[n] and chain.low_lines[n] < i
end

local function chain_of( cps, first, past, dots, look )
	local chain = { first = first, past = past, dots = dots, tops = {}, low_lines = {}, farthest = {} }
	local any = false
	for n, dot in ipairs( dots ) do
		chain.tops[n] = top_level( cps, dot + 1, look ) or false
		any = any or chain.tops[n]
	end
	if not any then
		return nil
	end
	local n, low_line = 1, 0
	for i = first, dots[#dots] do
		if cps[i] == LOW_LINE then
			low_line = i
		elseif cps[i] == DOT then
			chain.low_lines[n] = low_line
			n = n + 1
		end
	end
	for k = #dots - 1, 1, -1 do
		if is_label( cps, dots[k] + 1, dots[k + 1] ) then
			chain.farthest[k] = chain.farthest[k + 1] or ends( chain, dots[k] + 1, k + 1 ) and k + 1 or nil
		end
	end
	return chain
end

--- The runs of characters in which a domain can be, one after the other. Each has its `dots`, in `tops`
--- where the top-level domain after each of them ends (or false), and in `farthest` the last dot that a
--- domain can go on to.
function p.chains( cps, look )
	local i = 1
	return function ()
		while cps[i] do
			local first, cp, dots = i, cps[i], nil
			while cp and ( cp == DOT or cp == HYPHEN or cp == LOW_LINE or p.is_name( cp ) ) do
				if cp == DOT then
					dots = dots or {}
					dots[#dots + 1] = i
				end
				i = i + 1
				cp = cps[i]
			end
			local past = i
			i = i + 1
			local chain = dots and chain_of( cps, first, past, dots, look )
			if chain then
				return chain
			end
		end
	end
end

--- The numbers of the first and the last dot of the domain at `i`; no last one where none begins.
function p.last_dot( chain, cps, i )
	local low, high = 1, #chain.dots + 1
	while low < high do
		local middle = math.floor( ( low + high ) / 2 )
		if chain.dots[middle] < i then
			low = middle + 1
		else
			high = middle
		end
	end
	if low > #chain.dots or not is_label( cps, i, chain.dots[low] ) then
		return low, nil
	end
	return low, chain.farthest[low] or ends( chain, i, low ) and low or nil
end

--- Whether no domain begins in the label before this dot, wherever in it.
function p.is_hopeless( chain, cps, n )
	local last = cps[chain.dots[n] - 1]
	return not chain.farthest[n] and not chain.tops[n] or last == DOT or last == HYPHEN or last == LOW_LINE
end

-- Names as they are asked for (RFC 3492) ---------------------------------------------------------

local function adapted( delta, count, first )
	delta = math.floor( delta / ( first and 700 or 2 ) )
	delta = delta + math.floor( delta / count )
	local steps = 0
	while delta > 455 do
		delta, steps = math.floor( delta / 35 ), steps + 36
	end
	return steps + math.floor( 36 * delta / ( delta + 38 ) )
end

local function punycode( points )
	local done = 0
	for _, point in ipairs( points ) do
		done = done + ( point < 0x80 and 1 or 0 )
	end
	local basic, length = done, done > 0 and done + 1 or 0
	local current, delta, bias = 0x80, 0, 72
	while done < #points do
		local following = math.huge
		for _, point in ipairs( points ) do
			following = point >= current and point < following and point or following
		end
		delta, current = delta + ( following - current ) * ( done + 1 ), following
		for _, point in ipairs( points ) do
			if point < current then
				delta = delta + 1
			elseif point == current then
				local digits, rest, base = 1, delta, 36
				local least = math.min( math.max( base - bias, 1 ), 26 )
				while rest >= least do
					rest, base, digits = math.floor( ( rest - least ) / ( 36 - least ) ), base + 36, digits + 1
					least = math.min( math.max( base - bias, 1 ), 26 )
				end
				length = length + digits
				bias, delta, done = adapted( delta, done + 1, done == basic ), 0, done + 1
			end
		end
		delta, current = delta + 1, current + 1
	end
	return length
end

local SEPARATORS = { [0x3002] = true, [0xFF0E] = true, [0xFF61] = true }

--- How long the label from `first` to before `past` is as it would be asked for.
local function asked_for( cps, first, past )
	local total, points, plain = 0, {}, true
	local function finish()
		total = total + ( plain and #points or #points > LONGEST_LABEL and #points or 4 + punycode( points ) )
		points, plain = {}, true
	end
	local i = first
	while i < past do
		local cp, low = cps[i], cps[i + 1]
		if SEPARATORS[cp] then
			finish()
			total = total + 1
		else
			if cp >= 0xD800 and cp <= 0xDBFF and i + 1 < past and low >= 0xDC00 and low <= 0xDFFF then
				cp, i = ( cp - 0xD800 ) * 0x400 + low - 0xDC00 + 0x10000, i + 1
			end
			points[#points + 1] = cp
			plain = plain and cp < 0x7F
		end
		i = i + 1
	end
	finish()
	return total
end

--- Whether every label of the domain from `first` to before `past` has 1 to 63 characters as asked for.
function p.has_good_labels( cps, first, past )
	local start = first
	for i = first, past do
		if i == past or cps[i] == DOT then
			-- A character is one or two units; a name never gets shorter.
			if i - start > 2 * LONGEST_LABEL then
				return false
			end
			local length = asked_for( cps, start, i )
			if length < 1 or length > LONGEST_LABEL then
				return false
			end
			start = i + 1
		end
	end
	return true
end

return p
