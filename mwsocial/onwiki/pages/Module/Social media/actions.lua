-- What people can do with a card: forms of this wiki that are filled in, and lines to copy. They need no
-- JavaScript; what they write counts by the rules, whoever saves it.
local p = {}

local look = require( 'Module:Social media/look' )
local tools = require( 'Module:Social media/tools' )
local values = require( 'Module:Social media/values' )

--- How many digits of the fingerprint an approval shows.
p.SHOWN = 40
--- A link that carries an item is no longer than servers and browsers take, in bytes.
local LONGEST = 6000

local STYLES, SUBTLE = look.STYLES, look.SUBTLE
local element, box = look.element, look.box
local say, inert = tools.say, tools.inert

-- Words in a form ------------------------------------------------------------------------------

--- A resolved value as wikitext that resolves to it; nil where that would take more than this. News are
--- wikitext already, but for their bars.
local function wikitext( value, name )
	if name == 'news' then
		return not ( value:find( '<nowiki', 1, true ) and value:find( '|', 1, true ) ) and
			value:gsub( '|', '{{!}}' ) or nil
	end
	-- The ampersand first: it begins what the others become.
	return ( value:gsub( '&', '&amp;' ):gsub( '<', '&lt;' ):gsub( '[{}%[%]~]', function ( char )
		return '&#' .. char:byte() .. ';'
	end ):gsub( '|', '{{!}}' ):gsub( "''", '&#39;&#39;' ):gsub( '__', '&#95;&#95;' ):gsub( '\194\160', '&nbsp;' ) )
end

--- The content of an item as lines of wikitext, without its id and what `left` names; nil where that can't be.
local function copy( content, left )
	local lines = {}
	for _, name in ipairs( values.order( content ) ) do
		if name ~= 'id' and not left[name] then
			local value = wikitext( content[name], name )
			if not value then
				return nil
			end
			lines[#lines + 1] = '| ' .. name .. ' = ' .. value
		end
	end
	return table.concat( lines, '\n' )
end

--- A value for a form's preload. MediaWiki takes __NOTOC__ and the like out of everything, addresses too.
local function preloaded( value )
	return '&preloadparams%5B%5D=' .. mw.uri.encode( value ):gsub( '_', '%%5F' )
end

--- A button that opens a form of this wiki. `given`: what the form's preload takes, in order.
local function button( title, query, given, name )
	local address = title:fullUrl( query )
	for _, value in ipairs( given ) do
		local longer = address .. preloaded( value )
		-- The last one is words, which may be too many for an address; without a value its place would stay in
		-- the form.
		address = #longer <= LONGEST and longer or address .. preloaded( '' )
	end
	return element( 'span', nil, '[' .. address .. ' ' .. element( 'span', STYLES.button, name ) .. ']',
		'class="plainlinks"' )
end

-- Approving ------------------------------------------------------------------------------------

local APPROVABLE = { proposed = true, failed = true, missed = true, ['partly posted'] = true, invalid = true, posted = true }

--- Whether this is the preview of an edit.
function p.preview_of_edit( frame )
	return frame:preprocess( '{{REVISIONID}}' ) == ''
end
local preview_of_edit = p.preview_of_edit

--- The digits of the approval that the item shows, or nil; and whether they are those of its words.
local function approval_shown( item )
	local seen = ( item.signed.approved or '' ):match( '^%x+' )
	return seen, seen and #seen >= p.SHOWN and item.fingerprint:sub( 1, #seen ) == seen
end

--- Whether there is something to approve.
local function is_open( item, config )
	if not APPROVABLE[item.state] or #item.problems > 0 or not item.fingerprint or
		mw.title.getCurrentTitle().prefixedText ~= config.queue
	then
		return false
	end
	local seen, approved = approval_shown( item )
	-- Of what is out nothing, unless the bot says so: it compares the words with what was posted, whatever the
	-- line says or if it is gone.
	return item.state ~= 'posted' or item.bot.note or seen and not approved
end

--- Whether an approval would come too late: the bot sends nothing after not-after.
function p.is_late( item, config, frame )
	return item['not-after'] and is_open( item, config ) and tools.is_over( item['not-after'], frame )
end

--- The button that approves, and the line to copy; or why there is none. Of what is late the card says so.
function p.approval( item, config, frame )
	if item.late or not is_open( item, config ) then
		return ''
	end
	local shown = item.fingerprint:sub( 1, p.SHOWN )
	local seen, approved = approval_shown( item )
	if item.state == 'invalid' then
		-- The bot sees more than a module can, and nothing on the page tells whether its fault still stands.
		return element( 'div', STYLES.box .. ';padding-inline:0;' .. SUBTLE, say( 'onwiki-bot-first' ) )
	elseif preview_of_edit( frame ) then
		return element( 'div', STYLES.box .. ';padding-inline:0;' .. SUBTLE, say( 'onwiki-save-first' ) )
	elseif item.id == '' then
		return element( 'div', STYLES.box .. ';padding-inline:0;' .. SUBTLE, say( 'onwiki-no-id' ) )
	end
	-- Once the bot has said why it does not count, it can be approved again.
	if approved and item.state == 'proposed' and not item.bot.note then
		return element( 'div', STYLES.box .. ';padding-inline:0;' .. SUBTLE, say( 'onwiki-approval-waits' ) )
	end
	local warning = seen and not approved and ( item.state == 'proposed' or item.state == 'posted' ) and box( 'warn', say( 'onwiki-approval-other' ) ) or ''
	local query = {
		action = 'edit', section = 'new', preload = config.queue .. '/Decision preload',
		preloadtitle = tools.plain( 'onwiki-decision-title', item.id ),
		editintro = config.queue .. '/Decision editintro'
	}
	return warning .. element( 'div', STYLES.row .. ';margin:.7em 0 0',
		button( mw.title.getCurrentTitle(), query, { item.id, shown, copy( item.content, {} ) or '' }, say( 'onwiki-approve' ) ) .. element( 'span', SUBTLE, say( 'onwiki-or-copy' ) ) ..
		element( 'code', STYLES.copy, inert( '| approved = ' .. shown .. ' ~~~~' ), 'dir="ltr"' ) )
end

--- The buttons by which people decide about a mention, each a form of this wiki.
function p.choices( url, kind, channel, config, frame )
	local title = mw.title.new( config.mentions )
	if not title or mw.title.getCurrentTitle().prefixedText ~= title.prefixedText or preview_of_edit( frame ) then
		return element( 'div', SUBTLE, say( 'onwiki-mention-hint' ) )
	end
	local mark = mw.hash.hashValue( 'sha256', url ):sub( 1, 10 )
	local able = config.channels[channel] and config.channels[channel].network ~= 'facebook'
	local buttons = {}
	local function offer( decision, name )
		buttons[#buttons + 1] = button( title, {
			action = 'edit', section = 'new', preload = config.mentions .. '/Decision preload',
			preloadtitle = tools.plain( 'onwiki-vote-title', decision, mark ),
			editintro = config.mentions .. '/Decision editintro'
		}, { mark, decision }, name )
	end
	if able then
		offer( 'share', say( 'onwiki-vote-share' ) )
	end
	if able and ( kind == 'mention' or kind == 'reply' ) then
		local keys = {}
		for key in pairs( config.pointers ) do
			keys[#keys + 1] = key
		end
		table.sort( keys )
		for _, key in ipairs( keys ) do
			offer( 'point ' .. key, say( 'onwiki-vote-point', key ) )
		end
	end
	offer( 'ignore', say( 'onwiki-vote-ignore' ) )
	return element( 'div', STYLES.row .. ';margin:.7em 0 0', table.concat( buttons ) )
end

-- Proposing again ------------------------------------------------------------------------------

local OVER = { posted = true, declined = true, deleted = true, missed = true, failed = true, ['partly posted'] = true }

-- What the copy leaves out: the times are over.
local TIMES = { ['not-before'] = true, ['not-after'] = true }

local function again( item, config )
	local title = mw.title.new( config.queue )
	local words = OVER[item.state] and copy( item.content, TIMES )
	if not words or not title then
		return nil
	end
	local address = title:fullUrl( {
		action = 'edit', section = 'new', preload = config.queue .. '/Preload again', editintro = config.queue .. '/Editintro'
	} ) .. preloaded( words )
	return #address <= LONGEST and '[' .. address .. ' ' .. say( 'forms-again' ) .. ']' or nil
end

-- Everything else ------------------------------------------------------------------------------

--- The lines that one may put into an item, each with who may: what they mean stands in the documentation.
local function lines( item, suggested )
	local found = {}
	local function offer( line, key )
		found[#found + 1] = '<li>' .. element( 'code', 'user-select:all', inert( '| ' .. line .. ' ~~~~' ), 'dir="ltr"' ) .. ' ' ..
			say( key ) .. '</li>'
	end
	if suggested then
		offer( 'decision = use', 'forms-use' )
		offer( 'decision = ignore', 'forms-ignore' )
		return found
	end
	local unsure = {}
	for name, value in pairs( item.bot ) do
		if value:find( '^unconfirmed ' ) then
			unsure[#unsure + 1] = name:match( '^sent%-(.+)$' )
		end
	end
	table.sort( unsure )
	for _, channel in ipairs( unsure ) do
		offer( 'settle-' .. channel .. ' = posted ADDRESS', 'forms-settle-posted' )
		offer( 'settle-' .. channel .. ' = again', 'forms-settle-again' )
	end
	if item.state == 'posted' or item.state == 'partly posted' or #unsure > 0 then
		if item.state == 'partly posted' then
			offer( 'decline = REASON', 'forms-decline-rest' )
		end
		offer( 'delete-posts = REASON', 'forms-delete' )
	elseif item.state ~= 'declined' and item.state ~= 'deleted' then
		if not item.signed.hold then
			offer( 'hold = REASON', 'forms-hold' )
		end
		offer( 'decline = REASON', 'forms-decline' )
	end
	return found
end

--- What else can be done with an item: links in one line, and the lines to copy, folded where there is
--- JavaScript.
function p.others( item, config, frame )
	local title = mw.title.getCurrentTitle()
	local archive = config.pages.archive:match( '^[^{]*' )
	local here, suggested = title.prefixedText == config.queue, title.prefixedText == config.suggestions
	if item.id == '' or preview_of_edit( frame ) or
		not ( here or suggested or archive ~= '' and title.prefixedText:sub( 1, #archive ) == archive )
	then
		return ''
	end
	local talk, links = title.talkPageTitle, {}
	if talk then
		links[1] = '[' .. talk:fullUrl( { action = 'edit', section = 'new', preloadtitle = item.id } ) .. ' ' ..
			say( 'forms-discuss' ) .. ']'
	end
	links[#links + 1] = '[' .. title:fullUrl( { action = 'history' } ) .. ' ' .. say( 'forms-history' ) .. ']'
	links[#links + 1] = again( item, config )
	local found = ( here or suggested and not item.bot.decision ) and lines( item, suggested ) or {}
	return element( 'div', STYLES.row .. ';margin:.7em 0 0;font-size:.9em', table.concat( links, ' ' ), 'class="plainlinks"' ) ..
		( #found > 0 and element( 'div', 'font-size:.9em;margin:.3em 0 0',
			element( 'div', SUBTLE, say( suggested and 'forms-decide' or 'forms-lines' ) ) ..
			element( 'ul', nil, table.concat( found ), 'class="mw-collapsible-content"' ),
			'class="mw-collapsible mw-collapsed mwsocial-lines" data-desk-id="' .. item.id .. '"' ) or '' )
end

return p
