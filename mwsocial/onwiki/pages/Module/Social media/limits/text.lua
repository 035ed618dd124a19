-- Text as code points, as graphemes and as words: what counting on every network needs.
local p = {}

local data = mw.loadData( 'Module:Social media/limits/data' )
local byte, char, find = string.byte, string.char, string.find

-- Code points ----------------------------------------------------------------------------------

--- The code points of well-formed UTF-8, and where each begins; `at[#cps + 1]` is one past the end.
function p.decode( text )
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

--- One character below U+10000 in UTF-8.
function p.encode( cp )
	if cp < 0x80 then
		return char( cp )
	elseif cp < 0x800 then
		return char( 0xC0 + math.floor( cp / 0x40 ), 0x80 + cp % 0x40 )
	end
	return char( 0xE0 + math.floor( cp / 0x1000 ), 0x80 + math.floor( cp / 0x40 ) % 0x40, 0x80 + cp % 0x40 )
end

-- MediaWiki's own function gives up on more than 8000 bytes that are not normal yet.
local PIECE = 4000

--- `text` in Unicode's normal form C. A run of 8000 bytes without any ASCII that is not normal stays as it
--- is: nobody writes that, and MediaWiki makes what it saves normal anyway.
function p.normal( text )
	if not find( text, '[\128-\255]' ) then
		return text
	end
	local parts, first = {}, 1
	while first <= #text do
		-- No ASCII character is ever joined to what stands before it.
		local past = find( text, '[%z\1-\127]', first + PIECE ) or #text + 1
		local part = text:sub( first, past - 1 )
		local ok, normal = pcall( mw.ustring.toNFC, part )
		parts[#parts + 1] = ok and normal or part
		first = past
	end
	return table.concat( parts )
end

-- Classes of characters ------------------------------------------------------------------------

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
-- meets a character beyond ASCII.
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

local members = { word = {}, accented = {} }

--- Whether a character beyond ASCII belongs to one of the data's sets: `word` or `accented`.
function p.belongs( name, cp )
	local known = members[name]
	local found = known[cp]
	if found == nil then
		found = within( ranges( name ), cp ) ~= nil
		known[cp] = found
	end
	return found
end

--- A set of the characters of `chars` (ASCII), by code point.
function p.set( chars )
	local found = {}
	for i = 1, #chars do
		found[byte( chars, i )] = true
	end
	return found
end

p.ALNUM = p.set( '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' )
p.SPACE = p.set( '\t\n\v\f\r\28\29\30\31 ' )

--- Whether words are parted here: white space, as regular expressions of the poster take it.
function p.is_space( cp )
	if cp < 0x80 then
		return p.SPACE[cp]
	end
	return cp == 0x85 or cp == 0xA0 or cp == 0x1680 or cp >= 0x2000 and cp <= 0x200A or cp == 0x2028 or
		cp == 0x2029 or cp == 0x202F or cp == 0x205F or cp == 0x3000
end

--- Whether a letter, a digit or _ stands here; nil is none.
function p.is_word( cp )
	if not cp then
		return false
	elseif cp < 0x80 then
		return p.ALNUM[cp] or cp == 0x5F
	end
	return p.belongs( 'word', cp )
end

-- Graphemes ------------------------------------------------------------------------------------

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

--- How many characters a person sees in `text`.
function p.graphemes( text )
	if not find( text, '[\128-\255\r]' ) then
		return #text
	end
	local cps = p.decode( text )
	local count, state = 1, nil
	local previous, indic = class( cps[1] )
	if previous == 'X' then
		state = 'picture'
	elseif previous == 'G' then
		state = 'flag'
	elseif indic == 'K' then
		state = 'linker'
	end
	for i = 2, #cps do
		local next, next_indic = class( cps[i] )
		local split
		split, state = breaks( state, previous, next, next_indic )
		if split then
			count = count + 1
		end
		previous = next
	end
	return count
end

return p
