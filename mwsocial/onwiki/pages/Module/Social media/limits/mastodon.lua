-- How Mastodon counts: graphemes, after every address with http:// or https:// counts 23 and @user@host
-- counts @user (StatusLengthValidator and Extractor of the server). The poster does the same.
local p = {}

local domains = require( 'Module:Social media/limits/domains' )
local text = require( 'Module:Social media/limits/text' )

local ALNUM, set = text.ALNUM, text.set
local URL = string.rep( 'x', 23 )
local LONGEST_ADDRESS, LONGEST_DOMAIN = 4096, 253
local NO_SIGN = set( '<>()?' )
local NOT_LAST = set( '!*";:=,.$%[]~&|@\'' )
local QUERY = set( "!?*'();:+$%[].,~|@^" )
local QUERY_END = set( '_&=#/-' )

local function is_sign( cp )
	return cp and not NO_SIGN[cp] and not text.is_space( cp )
end

local function signs( cps, i )
	while is_sign( cps[i] ) do
		i = i + 1
	end
	return i
end

--- One past brackets without others in them, and the signs after these; or nil.
local function nested( cps, i )
	if cps[i] ~= 0x28 then
		return nil
	end
	local past = signs( cps, i + 1 )
	return past > i + 1 and cps[past] == 0x29 and signs( cps, past + 1 ) or nil
end

--- One past a pair of brackets at `i` that belongs to an address, or nil.
local function brackets( cps, i )
	if cps[i] ~= 0x28 then
		return nil
	end
	local past = signs( cps, i + 1 )
	local more = nested( cps, past )
	if past == i + 1 and not more then
		return nil
	end
	past = more or past
	return cps[past] == 0x29 and past + 1 or nil
end

local function is_query_end( cp )
	if cp < 0x80 then
		return QUERY_END[cp] or ALNUM[cp]
	end
	return cp >= 0xA0 and cp <= 0xD7FF or cp >= 0xE000 and cp <= 0xFDCF or cp >= 0xFDF0 and cp <= 0xFFEF or
		cp >= 0x10000 and cp <= 0x10FFFD
end

--- One past the port, path and query that follow a domain which ends before `i`.
local function rest( cps, i )
	if cps[i] == 0x3A then
		local k = i + 1
		while cps[k] and cps[k] >= 0x30 and cps[k] <= 0x39 do
			k = k + 1
		end
		i = k > i + 1 and k or i
	end
	if cps[i] == 0x2F then
		local first, k = i + 1, i + 1
		while true do
			local past = is_sign( cps[k] ) and k + 1 or brackets( cps, k )
			if not past then
				break
			end
			k = past
		end
		while k > first and ( NOT_LAST[cps[k - 1]] or cps[k - 1] == 0x300C or cps[k - 1] == 0x300D ) do
			k = k - 1
		end
		i = k
	end
	if cps[i] == 0x3F then
		local good, k = i, i + 1
		while cps[k] and ( QUERY[cps[k]] or is_query_end( cps[k] ) ) do
			if not QUERY[cps[k]] then
				good = k + 1
			end
			k = k + 1
		end
		i = good
	end
	return i
end

-- Words, which hold addresses and mentions -------------------------------------------------------

--- The words of more than white space that can hold something, as { first, past }.
local function words( cps )
	local found, i = {}, 1
	while cps[i] do
		local first, at, slashes = i, false, false
		while cps[i] and not text.is_space( cps[i] ) do
			at = at or cps[i] == 0x40
			slashes = slashes or cps[i] == 0x2F and cps[i + 1] == 0x2F and cps[i - 1] == 0x3A
			i = i + 1
		end
		if ( at or slashes ) and i - first <= LONGEST_ADDRESS then
			found[#found + 1] = { first, i, at, slashes }
		end
		i = i + 1
	end
	return found
end

local function slice( cps, first, past )
	local part = {}
	for i = first, past - 1 do
		part[i - first + 1] = cps[i]
	end
	return part
end

--- Addresses in a word, as { first, past }.
local function addresses( word )
	local found, done = {}, 1
	for chain in domains.chains( word, {} ) do
		local start = domains.scheme( word, chain.first )
		if start and start >= done and domains.may_precede( word[start - 1] ) then
			local _, last = domains.last_dot( chain, word, chain.first )
			local past = last and chain.tops[last]
			if past and past - chain.first <= LONGEST_DOMAIN and
				domains.has_good_labels( word, chain.first, past )
			then
				done = rest( word, past )
				found[#found + 1] = { start, done, true }
			end
		end
	end
	return found
end

local function is_user( cp )
	return cp and cp < 0x80 and ( ALNUM[cp] or cp == 0x5F )
end

--- One past a name at `i`: words of `is_part` with dots and hyphens between; `i` where there is none.
local function name( word, i, is_part )
	local past = i
	while true do
		local k = past
		while past > i and ( word[k] == 0x2E or word[k] == 0x2D ) do
			k = k + 1
		end
		if not is_part( word[k] ) or past > i and k == past then
			return past
		end
		while is_part( word[k] ) do
			k = k + 1
		end
		past = k
	end
end

--- Whether what stands at `i` keeps the word before it from being a mention.
local function forbids( word, i )
	local cp = word[i]
	if not cp then
		return false
	elseif cp == 0x3A then
		return word[i + 1] == 0x2F and word[i + 2] == 0x2F
	end
	return cp == 0x40 or cp == 0xFF20 or cp >= 0xC0 and cp <= 0x24F and cp ~= 0xD7 and cp ~= 0xF7 or
		cp == 0x253 or cp == 0x254 or cp == 0x256 or cp == 0x257 or cp == 0x259 or cp == 0x25B or
		cp == 0x263 or cp == 0x268 or cp == 0x26F or cp == 0x272 or cp == 0x289 or cp == 0x28B or
		cp == 0x2BB or cp >= 0x300 and cp <= 0x36F or cp >= 0x1E00 and cp <= 0x1EFF
end

--- Mentions in a word, as { first, past, false, one past the part that counts }.
local function mentions( word )
	local found, i = {}, 1
	while word[i] do
		local past = i
		if word[i] == 0x40 and word[i - 1] ~= 0x3D and word[i - 1] ~= 0x2F and not text.is_word( word[i - 1] ) then
			past = name( word, i + 1, is_user )
			if past > i + 1 then
				local user, host = past, past
				if word[past] == 0x40 then
					host = name( word, past + 1, text.is_word )
					host = host > past + 1 and host or past
				end
				past = host
				if not forbids( word, past ) and past - user <= LONGEST_DOMAIN + 1 then
					found[#found + 1] = { i, past, false, user }
				end
			else
				past = i
			end
		end
		i = math.max( past, i + 1 )
	end
	return found
end

--- What counts less than it is long, as { first, past, whether it is an address, one past what counts },
--- in code points.
local function shortened( cps )
	local found = {}
	for _, one in ipairs( words( cps ) ) do
		local word, done, both = slice( cps, one[1], one[2] ), 1, {}
		for _, address in ipairs( one[4] and addresses( word ) or {} ) do
			both[#both + 1] = address
		end
		for _, mention in ipairs( one[3] and mentions( word ) or {} ) do
			both[#both + 1] = mention
		end
		table.sort( both, function ( a, b )
			return a[1] < b[1]
		end )
		for _, part in ipairs( both ) do
			if part[1] >= done then
				done = part[2]
				local past = part[4] and part[4] + one[1] - 1
				found[#found + 1] = { part[1] + one[1] - 1, done + one[1] - 1, part[3], past }
			end
		end
	end
	return found
end

--- The length of `content` with its content warning.
function p.count( content, warning )
	if content:find( '[@/]' ) then
		local cps, at = text.decode( content )
		local parts, done = {}, 1
		for _, part in ipairs( shortened( cps ) ) do
			parts[#parts + 1] = content:sub( done, at[part[3] and part[1] or part[4]] - 1 ) .. ( part[3] and URL or '' )
			done = at[part[2]]
		end
		content = table.concat( parts ) .. content:sub( done )
	end
	return text.graphemes( ( warning or '' ) .. content )
end

--- The addresses in code points, as { first, past } pairs.
function p.addresses( cps )
	local found = {}
	for _, part in ipairs( shortened( cps ) ) do
		found[#found + 1] = part[3] and part or nil
	end
	return found
end

return p
