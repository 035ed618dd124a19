-- What stands on top of the desk's pages and above its forms, in the reader's language.
-- Documentation: Module:Social media/doc.
local p = {}

local look = require( 'Module:Social media/look' )
local overview = require( 'Module:Social media/overview' )
local tools = require( 'Module:Social media/tools' )

local element, inert = look.element, tools.inert
local ABOUT = 'Social media'

local function code( text )
	return element( 'code', nil, inert( text ), 'dir="ltr"' )
end

--- The sentence `key`; in it `[[$n|words]]` is a link to the page that argument n names. Other arguments are
--- ready HTML.
local function prose( key, ... )
	local args = { ... }
	local sentence, parts, done = tools.plain( key, '$1', '$2', '$3' ), {}, 1
	local function words( text )
		return ( mw.text.nowiki( text ):gsub( '%$(%d)', function ( number )
			return args[tonumber( number )] or ''
		end ) )
	end
	for first, number, shown, past in sentence:gmatch( '()%[%[%$(%d)|([^%[%]|]+)%]%]()' ) do
		parts[#parts + 1] = words( sentence:sub( done, first - 1 ) )
		local title = mw.title.new( args[tonumber( number )] or '' )
		parts[#parts + 1] = title and '[[:' .. title.prefixedText .. '|' .. inert( shown ) .. ']]' or inert( shown )
		done = past
	end
	return table.concat( parts ) .. words( sentence:sub( done ) )
end

local function paragraph( inside )
	return element( 'p', nil, inside )
end

local function bullets( rows )
	return '<ul><li>' .. table.concat( rows, '</li><li>' ) .. '</li></ul>'
end

local function stop( key )
	return paragraph( prose( key, code( '{{Social media stop|' .. tools.plain( 'heads-reason' ) .. ' ~~~~}}' ) ) )
end

-- Forms ----------------------------------------------------------------------------------------

--- A button that opens a form: Extension:InputBox where the wiki has it, else a link that looks like one.
local function form( frame, page, preload, label, title )
	local ok, box = pcall( frame.extensionTag, frame, 'inputbox', table.concat( {
		'type=commenttitle', 'page=' .. page, 'preload=' .. page .. '/' .. preload, 'editintro=' .. page .. '/Editintro',
		'hidden=yes', 'break=no', 'default=' .. tools.plain( title ), 'buttonlabel=' .. tools.plain( label )
	}, '\n' ) )
	if ok then
		return box
	end
	local target = mw.title.new( page )
	local address = target and target:fullUrl( {
		action = 'edit', section = 'new', preload = page .. '/' .. preload, editintro = page .. '/Editintro',
		preloadtitle = tools.plain( title )
	} )
	return address and element( 'span', nil, '[' .. address .. ' ' ..
		element( 'span', look.STYLES.button, tools.say( label ) ) .. ']', 'class="plainlinks"' ) or ''
end

local function forms( frame, page, rows )
	local buttons = {}
	for n, row in ipairs( rows ) do
		buttons[n] = form( frame, page, row[1], row[2], row[3] )
	end
	return element( 'div', 'display:flex;flex-wrap:wrap;gap:.4em .6em;margin:.6em 0', table.concat( buttons ), 'class="mwsocial-forms"' )
end

-- Heads ----------------------------------------------------------------------------------------

local heads = {}

function heads.queue( config, frame )
	return paragraph( prose( 'heads-queue', ABOUT ) ) .. forms( frame, config.queue, {
		{ 'Preload', 'heads-propose', 'heads-propose-title' }, { 'Preload release', 'heads-release', 'heads-release-title' },
		{ 'Preload event', 'heads-event', 'heads-event-title' }, { 'Preload share', 'heads-share', 'heads-share-title' }
	} ) .. stop( 'heads-stop' )
end

function heads.mentions( config )
	return paragraph( prose( 'heads-mentions', ABOUT, code( 'decision' ) ) ) .. bullets( {
		prose( 'heads-mentions-share', code( 'share ~~~~' ), config.queue ),
		prose( 'heads-mentions-point', code( 'point KEY ~~~~' ), config.title ),
		prose( 'heads-mentions-ignore', code( 'ignore ~~~~' ) )
	} ) .. paragraph( prose( 'heads-mentions-after' ) ) .. stop( 'heads-stop-bot' )
end

function heads.suggestions( config )
	return paragraph( prose( 'heads-suggestions', ABOUT, code( 'decision' ) ) ) .. bullets( {
		prose( 'heads-suggestions-use', code( 'use ~~~~' ), config.queue ),
		prose( 'heads-suggestions-ignore', code( 'ignore ~~~~' ) )
	} ) .. paragraph( prose( 'heads-suggestions-after', config.title, code( 'sources' ) ) ) .. stop( 'heads-stop-bot' )
end

function heads.accounts( config, frame )
	return paragraph( prose( 'heads-accounts', ABOUT, config.title, code( 'confirmed = ~~~~' ) ) ) ..
		forms( frame, config.pages.accounts, { { 'Preload', 'heads-suggest', 'heads-suggest-title' } } )
end

function heads.statistics()
	return paragraph( prose( 'heads-statistics', ABOUT ) )
end

function heads.status()
	return paragraph( prose( 'heads-status' ) )
end

function heads.archive()
	return paragraph( prose( 'heads-archive', tools.say( 'forms-again' ) ) )
end

--- {{#invoke:Social media/heads|head|queue}} in Template:Social media head: the line of the desk's pages, and
--- what this one is for. An unknown name gives the line alone.
function p.head( frame )
	local head = heads[mw.text.trim( frame.args[1] or '' )]
	return look.styles() .. overview.pages( frame ) ..
		( head and element( 'div', 'max-width:60em', head( tools.configuration(), frame ), tools.spoken() ) or '' )
end

-- Above the forms ------------------------------------------------------------------------------

local rules = {}

function rules.queue()
	return {
		prose( 'heads-rules-queue-1', code( 'text =' ) ) .. ' ' .. prose( 'heads-rules-queue-share', code( 'share =' ) ),
		prose( 'heads-rules-queue-2', code( '{{{…}}}' ), code( '|' ), code( '{{!}}' ) ),
		prose( 'heads-rules-queue-3', code( 'alt =' ) ), prose( 'heads-rules-queue-4' ), prose( 'heads-rules-queue-5' )
	}
end

function rules.approve()
	return { prose( 'heads-rules-approve-1' ), prose( 'heads-rules-approve-2' ), prose( 'heads-rules-approve-3' ) }
end

function rules.decide( config )
	return {
		prose( 'heads-rules-decide-1' ), prose( 'heads-rules-decide-2', code( 'share' ), code( 'point' ), config.queue ),
		prose( 'heads-rules-decide-3', code( 'ignore' ) )
	}
end

function rules.accounts( config )
	return {
		prose( 'heads-rules-accounts-1', code( 'account =' ), code( '@user@host' ), code( '@user' ) ),
		prose( 'heads-rules-accounts-2', code( 'channel =' ), config.title ), prose( 'heads-rules-accounts-3' ),
		prose( 'heads-rules-accounts-4', code( 'confirmed = ~~~~' ) )
	}
end

--- {{#invoke:Social media/heads|rules|queue}}: the rules above a form (`editintro`), a few lines.
function p.rules( frame )
	local found = rules[mw.text.trim( frame.args[1] or '' )]
	return found and element( 'div', 'max-width:60em', bullets( found( tools.configuration() ) ), tools.spoken() ) or ''
end

return p
