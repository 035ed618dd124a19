-- Finds items in the wikitext of the queue.
--
-- It only finds where the template begins and ends; MediaWiki takes it apart. A mistake here can hide
-- an item or show another one, but never pass other words off as approved: the fingerprint is computed
-- from the very words that are shown.
local p = {}

local NAME = 'ocial media item'

--- Whether a template's name is the item's: `Template:` before it, `_` for a space, any first letter.
local function is_item( name )
	name = name:gsub( '<!%-%-.-%-%->', '' ):gsub( '[_%s]+', ' ' )
	name = mw.text.trim( name )
	name = name:gsub( '^:? ?[Tt][Ee][Mm][Pp][Ll][Aa][Tt][Ee] ?: ?', '' )
	return name:find( '^[Ss]' ) and name:sub( 2 ) == NAME
end

local function past_tag( text, at, tag )
	local _, ending = text:find( '</' .. tag .. '%s*>', at )
	return ending and ending + 1 or #text + 1
end

--- Calls `found( inside )` for each item at the top of `text`, with all that stands between its name and
--- its closing braces, until it returns true.
function p.each( text, found )
	local depth, start, at = 0, nil, 1
	while true do
		at = text:find( '[{}<]', at )
		if not at then
			return
		end
		local two = text:sub( at, at + 1 )
		if two == '{{' then
			if depth == 0 then
				start = at + 2
			end
			depth, at = depth + 1, at + 2
		elseif two == '}}' then
			if depth == 1 then
				local name, rest = text:sub( start, at - 1 ):match( '^([^|]*)(.*)$' )
				if is_item( name ) and found( rest ) then
					return
				end
			end
			depth, at = math.max( depth - 1, 0 ), at + 2
		elseif text:sub( at, at + 3 ) == '<!--' then
			local _, ending = text:find( '-->', at + 4, true )
			at = ending and ending + 1 or #text + 1
		else
			local tag = text:sub( at, at + 7 ):lower():match( '^<(%l+)[%s>]' ) or
				text:sub( at, at + 7 ):lower():match( '^<(nowiki)$' )
			at = ( tag == 'nowiki' or tag == 'pre' ) and past_tag( text, at, tag ) or at + 1
		end
	end
end

--- The source of the first item with this id, from the pipe after its name on; nil if there is none.
function p.item( text, id )
	if not text:find( id, 1, true ) then
		return nil
	end
	local line, result = '|%s*id%s*=%s*' .. id:gsub( '%-', '%%-' ) .. '%s*|', nil
	p.each( text, function ( inside )
		if ( inside:gsub( '<!%-%-.-%-%->', '' ) .. '|' ):find( line ) then
			result = inside
		end
		return result
	end )
	return result
end

return p
