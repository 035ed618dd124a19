-- Module:Social media/testcases/values: what Module:Social media/values makes of a template's
-- arguments, in hexadecimal digits, which no later step of the parser changes.
local values = require( 'Module:Social media/values' )

local p = {}

local function shown( text )
	return ( text:gsub( '.', function ( byte )
		return string.format( '%02x', byte:byte() )
	end ) )
end

local function line( number, found )
	return 'CASE' .. number .. 'x' .. shown( mw.text.jsonEncode( found ) ) .. 'x '
end

--- One value: {{Values test|case=1|text=…}} or {{Values test|case=1|news=…}}.
function p.value( frame )
	local args = frame:getParent().args
	local name = args.text and 'text' or 'news'
	local value, faults = values.resolve( args[name], name )
	local keys = {}
	for _, fault in ipairs( faults ) do
		keys[#keys + 1] = fault.key
		assert( #fault.args > 0 )
	end
	return line( args.case, { value = shown( value ), faults = table.concat( keys, ' ' ) } )
end

--- Pieces of wikitext, each expanded apart from the others: {{#invoke:…|alone|HEX HEX …}}.
function p.alone( frame )
	local found = {}
	for digits in frame.args[1]:gmatch( '%x+' ) do
		local piece = digits:gsub( '%x%x', function ( byte )
			return string.char( tonumber( byte, 16 ) )
		end )
		found[#found + 1] = frame:preprocess( piece )
	end
	return table.concat( found )
end

--- A whole item: its values, names in order and fingerprint. default-channels and default-language
--- are the configuration's.
function p.item( frame )
	local content = {}
	local case, channels, language
	for name, value in pairs( frame:getParent().args ) do
		if name == 'case' then
			case = value
		elseif name == 'default-channels' then
			channels = mw.text.split( value, ' ' )
		elseif name == 'default-language' then
			language = value
		else
			content[name] = values.resolve( value, name )
		end
	end
	return line( case, {
		fingerprint = values.fingerprint( content, channels, language ),
		order = table.concat( values.order( content ), ' ' ),
	} )
end

--- The lists that the tool has, too.
function p.lists()
	local found = {}
	for _, name in ipairs { 'extensionTags', 'htmlTags', 'switches', 'switchesAnyCase', 'protocols' } do
		local words = {}
		for word in pairs( values[name] ) do
			words[#words + 1] = word
		end
		table.sort( words )
		found[name] = table.concat( words, ' ' )
	end
	return line( 0, found )
end

return p
