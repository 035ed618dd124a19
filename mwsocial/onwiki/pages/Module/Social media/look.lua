-- How the desk's pages look. Colours follow the skin (light and dark), sides follow the direction of
-- the script; words say everything that colours say. All of it stands in the pages themselves: no style
-- sheet has to be there. Where the wiki has Extension:TemplateStyles, one adds what cannot stand there.
local p = {}

-- Colours: the skin's own (Codex design tokens), with those of light skins where it has none.
local function tone( name, background, border, color )
	return {
		background = 'var(--background-color-' .. name .. '-subtle,' .. background .. ')',
		border = 'var(--border-color-' .. name .. ',' .. border .. ')',
		color = 'var(--color-' .. name .. ',' .. color .. ')'
	}
end
p.TONES = {
	good = tone( 'success', '#dff2eb', '#177860', '#177860' ),
	bad = tone( 'error', '#ffe9e5', '#bf3c2c', '#bf3c2c' ),
	warn = tone( 'warning', '#fdf2d5', '#987027', '#886425' ),
	active = tone( 'progressive', '#f1f4fd', '#36c', '#36c' ),
	quiet = {
		background = 'var(--background-color-neutral,#eaecf0)', border = 'var(--border-color-base,#a2a9b1)',
		color = 'var(--color-subtle,#54595d)'
	}
}
p.TEXT = 'color:var(--color-base,#202122)'
p.SUBTLE = 'color:var(--color-subtle,#54595d)'
p.LINK = 'color:var(--color-progressive,#36c)'
p.BORDER = '1px solid var(--border-color-subtle,#c8ccd1)'
p.STYLES = {
	card = 'display:flow-root;border:' .. p.BORDER .. ';border-radius:6px;margin:.5em 0 1em;' ..
		'padding:.7em .9em;max-width:60em;background:var(--background-color-base,#fff);' .. p.TEXT,
	row = 'display:flex;flex-wrap:wrap;align-items:baseline;gap:.2em .8em',
	pill = 'border-radius:1em;padding:.1em .7em;font-weight:bold',
	box = 'border-radius:4px;padding:.4em .7em;margin:.6em 0 0;overflow-wrap:anywhere',
	grid = 'display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17em),1fr));gap:.6em;margin:.6em 0 0',
	post = 'border:' .. p.BORDER .. ';border-radius:6px;padding:.5em .7em;min-width:0',
	words = 'white-space:pre-wrap;overflow-wrap:anywhere;margin:.4em 0 0',
	heading = 'margin:0 0 .4em',
	-- What can be seen through goes out on white, in dark mode too.
	ground = 'display:inline-block;background:#fff',
	part = 'border-top:1px dashed var(--border-color-base,#a2a9b1);margin-top:.5em;padding-top:.1em',
	last = 'margin-inline-start:auto',
	button = 'display:inline-block;border-radius:3px;padding:.25em .9em;font-weight:bold;' ..
		'background:var(--background-color-progressive,#36c);color:var(--color-inverted-fixed,#fff)',
	copy = 'display:inline-block;user-select:all;overflow-wrap:anywhere;white-space:pre-wrap;' ..
		'background:var(--background-color-neutral-subtle,#f8f9fa);' .. p.TEXT .. ';border:' .. p.BORDER ..
		';border-radius:3px;padding:.1em .4em;font-size:.9em'
}

local SHEET = 'Template:Social media/styles.css'
local sheet
--- The style sheet, where the wiki has one: Extension:TemplateStyles writes it into the page once.
function p.styles()
	if not sheet then
		local title = mw.title.new( SHEET )
		local frame = mw.getCurrentFrame()
		-- A page that is not there, or of another kind, would show an error on every card.
		sheet = title and title.exists and title.contentModel == 'sanitized-css' and
			frame:extensionTag( 'templatestyles', '', { src = SHEET } ) or ''
	end
	return sheet
end

--- `<name style=… other>inside</name>`. `other` is ready HTML.
function p.element( name, style, inside, other )
	return '<' .. name .. ( style and ' style="' .. style .. '"' or '' ) .. ( other and ' ' .. other or '' ) .. '>' ..
		inside .. '</' .. name .. '>'
end

--- What belongs together, with its name for those who hear the page. `other`: more attributes, if any.
function p.group( style, name, inside, other )
	return p.element( 'div', style, inside, 'role="group" aria-label="' .. name .. '"' .. ( other and ' ' .. other or '' ) )
end

function p.box( name, inside )
	local colours = p.TONES[name]
	return p.element( 'div', p.STYLES.box .. ';background:' .. colours.background .. ';border-inline-start:4px solid ' ..
		colours.border, inside )
end

--- The same with the page's own background: what people signed holds links, and the skin's red ones are
--- hard to read on a tint (WCAG 2.1, 1.4.3).
function p.frame( name, inside )
	return p.element( 'div', p.STYLES.box .. ';border-inline-start:4px solid ' .. p.TONES[name].border, inside )
end

function p.pill( name, inside )
	local colours = p.TONES[name]
	return p.element( 'span', p.STYLES.pill .. ';background:' .. colours.background .. ';color:' .. colours.color, inside )
end

function p.strong( inside )
	return '<b>' .. inside .. '</b>'
end

return p
