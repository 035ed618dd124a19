-- The social media desk's cards. Documentation: Module:Social media/doc.
local p = {}

local actions = require( 'Module:Social media/actions' )
local card = require( 'Module:Social media/card' )
local check = require( 'Module:Social media/check' )
local previews = require( 'Module:Social media/previews' )
local source = require( 'Module:Social media/source' )
local tools = require( 'Module:Social media/tools' )

--- {{#invoke:Social media|item}} in Template:Social media item.
function p.item( frame )
	local config = tools.configuration()
	return card.item( check.read( frame:getParent().args, config ), config, frame )
end

--- What an item would post, after its fingerprint: for a decision's card, with the item's arguments.
function p.words( frame )
	local config = tools.configuration()
	local item = check.read( frame.args, config )
	return ( item.fingerprint or '' ) .. ' ' .. card.problems( item ) .. previews.show( item, config )
end

local function has_words( item )
	for name in pairs( item.content ) do
		if name ~= 'id' then
			return true
		end
	end
	return false
end

--- {{#invoke:Social media|decision}} in Template:Social media decision.
function p.decision( frame )
	local args = frame:getParent().args
	local mention = mw.text.trim( args.mention or '' )
	if mention ~= '' then
		return card.vote( mention, mw.text.trim( args.decision or '' ) )
	end
	local id = mw.text.trim( args.id or '' )
	local approved = mw.text.trim( args.approved or '' )
	local digits, signed = approved:match( '^(%x*)%s*(.*)$' )
	if not id:find( '^[a-z0-9][a-z0-9-]*$' ) then
		return card.decision( id, signed, 'missing', '' )
	end
	local config = tools.configuration()
	local queue = mw.title.new( config.queue )
	local page = queue and queue:getContent() or ''
	local found = source.item( page, id )
	-- In the preview of a form MediaWiki takes the new section for the whole page: the item is not seen there, but the
	-- words that the form was given are.
	local given = check.read( args, config )
	local blind = not found and #digits >= actions.SHOWN and page:find( digits, 1, true ) and
		mw.title.getCurrentTitle().prefixedText == config.queue and actions.preview_of_edit( frame )
	local fingerprint, inside
	if found then
		-- MediaWiki itself takes the item apart, exactly as it does on the queue.
		fingerprint, inside = frame:preprocess( '{{#invoke:Social media|words' .. found .. '}}' ):match( '^(%x*) (.*)$' )
	elseif blind and has_words( given ) then
		fingerprint, inside = given.fingerprint, card.problems( given ) .. previews.show( given, config )
	elseif blind then
		return card.decision( id, signed, 'unseen', '' )
	else
		return card.decision( id, signed, 'missing', '' )
	end
	if not fingerprint or fingerprint == '' then
		return card.decision( id, signed, 'unknown', inside or '' )
	elseif #digits < actions.SHOWN then
		return card.decision( id, signed, 'short', inside )
	elseif fingerprint:sub( 1, #digits ) ~= digits:lower() or
		has_words( given ) and given.fingerprint ~= fingerprint
	then
		-- Once it is saved there is nothing to keep anybody from.
		return card.decision( id, signed, 'changed', inside, not actions.preview_of_edit( frame ) and 'void' or nil )
	end
	return card.decision( id, signed, blind and 'given' or 'matches', inside )
end

--- {{#invoke:Social media|mention}} in Template:Social media mention.
function p.mention( frame )
	return card.mention( frame:getParent().args, tools.configuration(), frame )
end

--- {{#invoke:Social media|stop}} in Template:Social media stop.
function p.stop( frame )
	return card.stop( frame:getParent().args[1] or '' )
end

--- A new id for a form, to be substituted: the time, and a few digits that two people who save in one
--- second do not share.
function p.id( frame )
	local time = os.date( '!%Y%m%d-%H%M%S' )
	local seed = frame:preprocess( '{{REVISIONUSER}}' ) .. '|' .. os.time() .. '|' .. os.clock()
	return time .. '-' .. mw.hash.hashValue( 'sha256', seed ):sub( 1, 4 )
end

return p
