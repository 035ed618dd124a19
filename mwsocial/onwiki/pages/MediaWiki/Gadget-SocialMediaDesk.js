/*
 * The social media desk's buttons without leaving the page. Everything works without it, too: it takes
 * the links of the cards, which open forms, and saves what those forms would save, after it has shown what
 * that is and asked once.
 *
 * Nothing on the page is trusted: anybody can write a link there. What is asked about is what the wiki
 * itself shows for the id and the fingerprint of the link, from the item as it is saved then; what counts
 * is decided by the bot, from the page's history.
 *
 * Gadget: SocialMediaDesk[ResourceLoader|dependencies=mediawiki.api,mediawiki.util,oojs-ui-windows]|SocialMediaDesk.js|SocialMediaDesk.css
 * User script: mw.loader.load( '/w/index.php?title=MediaWiki:Gadget-SocialMediaDesk.js&action=raw&ctype=text/javascript' );
 */
( function () {
	'use strict';

	var messages = {};/* messages */
	var CONFIGURATION = 'MediaWiki:Social-media.json';
	var QUEUE = 'Social media/Queue', MENTIONS = 'Social media/Mentions', SUGGESTIONS = 'Social media/Suggestions';
	var page = mw.config.get( 'wgPageName', '' ).replace( /_/g, ' ' );
	var revision = mw.config.get( 'wgRevisionId' );
	// Four tildes in one piece would become a signature when this page itself is saved.
	var SIGNATURE = ' ~~' + '~~';
	var api, status;

	// Words ----------------------------------------------------------------------------------

	function say( key ) {
		var code = mw.config.get( 'wgUserLanguage' ), args = arguments;
		var sentence = ( messages[ code ] || {} )[ key ] || ( messages[ code.split( '-' )[ 0 ] ] || {} )[ key ] ||
			messages.en[ key ];
		return sentence.replace( /\$(\d)/g, function ( whole, number ) {
			return args[ number ] === undefined ? whole : String( args[ number ] );
		} );
	}

	/** Says something below a button: seen by everybody, and read aloud to those who listen. */
	function tell( button, words, good, link ) {
		status = status || $( '<div>' ).attr( { role: 'status', 'aria-live': 'polite' } );
		status.attr( 'class', 'mwsocial-status ' + ( good ? 'mwsocial-good' : 'mwsocial-bad' ) ).empty();
		$( button ).closest( 'div' ).after( status );
		// A moment later: a region that has just come is not read.
		setTimeout( function () {
			status.text( words );
			if ( link ) {
				status.append( ' ', $( '<a>' ).attr( 'href', link ).text( say( 'gadget-see' ) ) );
			}
		}, 50 );
	}

	function failed( button ) {
		return function ( code, answer ) {
			var text = code === 'http' ? say( 'gadget-no-answer' ) : api.getErrorMessage( answer ).text();
			tell( button, say( 'gadget-failed', text ), false );
		};
	}

	// Who may --------------------------------------------------------------------------------

	function text( title ) {
		return api.get( {
			action: 'query', titles: title, prop: 'revisions', rvprop: [ 'content', 'ids' ], rvslots: 'main', formatversion: 2
		} ).then( function ( answer ) {
			var found = ( answer.query.pages[ 0 ].revisions || [] )[ 0 ];
			return { text: found ? found.slots.main.content : '', revision: found ? found.revid : 0 };
		} );
	}

	/** Why this person cannot do that, or '' . */
	function refusal( approval ) {
		var name = mw.config.get( 'wgUserName' ), groups = mw.config.get( 'wgUserGroups', [] );
		if ( !name ) {
			return $.Deferred().resolve( say( 'gadget-log-in' ) ).promise();
		}
		return text( CONFIGURATION ).then( function ( found ) {
			var approvers, listed, named;
			if ( !approval ) {
				return '';
			}
			try {
				approvers = JSON.parse( found.text ).approvers;
				listed = approvers.groups || [];
				named = ( approvers.users || [] ).map( function ( one ) {
					return one.name || one;
				} );
			} catch ( error ) {
				return say( 'gadget-no-configuration', CONFIGURATION );
			}
			if ( named.indexOf( name ) >= 0 || groups.some( function ( group ) {
				return listed.indexOf( group ) >= 0;
			} ) ) {
				return '';
			}
			return say( 'gadget-no-approver', name, listed.concat( named ).join( ', ' ) );
		} );
	}

	// Asking once ----------------------------------------------------------------------------

	function ask( title, inside, action ) {
		return OO.ui.confirm( inside, {
			title: title, size: 'large',
			actions: [
				{ action: 'reject', label: say( 'gadget-cancel' ), flags: 'safe' },
				{ action: 'accept', label: action, flags: [ 'primary', 'progressive' ] }
			]
		} );
	}

	/**
	 * The same words where no style of the page reaches them: whoever may write on the page may bring a style
	 * sheet (Extension:TemplateStyles), and a style can hide words and show others.
	 */
	function apart( inside ) {
		// The window has a side of its own; the words begin where their script begins.
		var host = $( '<div>' ).css( 'text-align', 'start' );
		if ( !host[ 0 ].attachShadow ) {
			return host.text( inside.text() );
		}
		$( host[ 0 ].attachShadow( { mode: 'open' } ) ).append( inside );
		return host;
	}

	/** What the wiki shows for a decision, from the page as it is saved now. */
	function shown( wikitext ) {
		return api.post( {
			action: 'parse', title: page, text: wikitext.replace( SIGNATURE, '' ), contentmodel: 'wikitext', prop: 'text',
			disablelimitreport: true, uselang: mw.config.get( 'wgUserLanguage' ), formatversion: 2
		} ).then( function ( answer ) {
			var inside = $( '<div>' ).html( answer.parse.text );
			return { inside: apart( inside ), verdict: inside.find( '[data-desk-verdict]' ).first().attr( 'data-desk-verdict' ) };
		} );
	}

	function busy( button, on ) {
		$( button ).attr( 'aria-disabled', on ? 'true' : null ).toggleClass( 'mwsocial-busy', on );
	}

	function done( button, answer ) {
		var link = mw.util.getUrl( 'Special:Diff/' + answer.edit.newrevid );
		tell( button, say( 'gadget-saved' ), true, link );
		$( button ).attr( 'aria-disabled', 'true' ).addClass( 'mwsocial-busy' ).data( 'done', true );
	}

	/** A decision in a section of its own, as the form would save it. */
	function decide( button, decision ) {
		var text_ = decision.wikitext, approval = decision.verdict;
		busy( button, true );
		return refusal( approval ).then( function ( why ) {
			if ( why ) {
				tell( button, why, false );
				return;
			}
			return shown( text_ ).then( function ( first ) {
				if ( approval && first.verdict !== 'matches' ) {
					tell( button, say( 'gadget-changed' ), false );
					return;
				}
				return ask( decision.question, $( '<div>' ).append( $( '<p>' ).text( decision.consequence ), first.inside ), decision.action )
					.then( function ( yes ) {
						return yes && save( button, decision );
					} );
			} );
		} ).then( null, failed( button ) ).always( function () {
			busy( button, !!$( button ).data( 'done' ) );
		} );
	}

	function save( button, decision ) {
		// Between the question and the answer somebody may have changed the words: looked at again.
		return shown( decision.wikitext ).then( function ( again ) {
			if ( decision.verdict && again.verdict !== 'matches' ) {
				tell( button, say( 'gadget-changed' ), false );
				return;
			}
			return api.postWithToken( 'csrf', {
				action: 'edit', title: page, section: 'new', sectiontitle: decision.heading, text: decision.wikitext,
				summary: decision.heading, baserevid: revision, nocreate: true, assert: 'user', errorformat: 'html',
				errorlang: mw.config.get( 'wgUserLanguage' ), errorsuselocal: true, formatversion: 2
			} ).then( function ( answer ) {
				done( button, answer );
			} );
		} );
	}

	// Links of the cards ---------------------------------------------------------------------

	/** What the form of a link would save, or null where it is no such form, or not of this page. */
	function decision( link ) {
		var query, values;
		try {
			query = new URL( link.href ).searchParams;
		} catch ( error ) {
			return null;
		}
		values = query.getAll( 'preloadparams[]' );
		if ( ( query.get( 'title' ) || '' ).replace( /_/g, ' ' ) !== page || query.get( 'section' ) !== 'new' ||
			query.get( 'preload' ) !== page + '/Decision preload' ) {
			return null;
		}
		// The words that come third are the form's: here the wiki shows what the item says now.
		if ( page === QUEUE && /^[a-z0-9][a-z0-9-]{0,63}$/.test( values[ 0 ] ) && /^[0-9a-f]{40,64}$/.test( values[ 1 ] ) ) {
			return {
				verdict: true, heading: query.get( 'preloadtitle' ) || values[ 0 ],
				wikitext: '{{Social media decision|id=' + values[ 0 ] + '|approved=' + values[ 1 ] + SIGNATURE + '}}',
				question: say( 'gadget-approve-question', values[ 0 ] ), consequence: say( 'gadget-approve-consequence' ),
				action: say( 'gadget-approve' )
			};
		}
		if ( page === MENTIONS && /^[0-9a-f]{10}$/.test( values[ 0 ] ) && /^(share|ignore|point [A-Za-z0-9_-]{1,64})$/.test( values[ 1 ] ) ) {
			return {
				verdict: false, heading: query.get( 'preloadtitle' ) || values[ 0 ],
				wikitext: '{{Social media decision|mention=' + values[ 0 ] + '|decision=' + values[ 1 ] + SIGNATURE + '}}',
				question: say( 'gadget-decide-question', values[ 1 ] ),
				consequence: say( values[ 1 ] === 'ignore' ? 'gadget-ignore-consequence' : 'gadget-propose-consequence' ),
				action: say( 'gadget-decide' )
			};
		}
		return null;
	}

	function take( event ) {
		var found;
		// Whoever opens a link in a new tab wants the form.
		if ( event.which > 1 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey ) {
			return;
		}
		found = decision( this );
		if ( found ) {
			event.preventDefault();
			if ( $( this ).attr( 'aria-disabled' ) !== 'true' ) {
				decide( this, found );
			}
		}
	}

	// Lines of an item -----------------------------------------------------------------------

	/** The same for the line that a suggestion has already, as long as nothing stands in it. */
	function withDecision( found, masked, start, line ) {
		var place, rest;
		for ( place = start; place < masked.length; place++ ) {
			// What ends the item, wherever it stands on its line, or begins another template: not beyond that.
			rest = masked[ place ].replace( /\{\{[!=]\}\}/g, '' );
			if ( /\{\{|\}\}/.test( rest ) ) {
				break;
			}
			if ( /^\|\s*decision\s*=/.test( masked[ place ] ) ) {
				if ( !/^\|\s*decision\s*=\s*$/.test( found[ place ] ) ) {
					return null;
				}
				found[ place ] = line;
				return found.join( '\n' );
			}
		}
		found.splice( start + 1, 0, line );
		return found.join( '\n' );
	}

	/** The page with a line put into an item; null where the item cannot be told from others for sure. */
	function withLine( wikitext, id, line ) {
		var found = wikitext.split( '\n' ), places = [], masked;
		// What stands in comments and the like is no item: blanks in its place, line by line.
		masked = wikitext.replace( /<!--[\s\S]*?-->|<(nowiki|pre)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, function ( whole ) {
			return whole.replace( /[^\n]/g, ' ' );
		} );
		masked.split( '\n' ).forEach( function ( one, place ) {
			if ( new RegExp( '^\\|\\s*id\\s*=\\s*' + id + '\\s*$' ).test( one ) ) {
				places.push( place );
			}
		} );
		// One that never ends would hide what follows it.
		if ( places.length !== 1 || /<!--|<(nowiki|pre)\b[^>\/]*>/i.test( masked ) ) {
			return null;
		}
		if ( /^\| decision /.test( line ) ) {
			return withDecision( found, masked.split( '\n' ), places[ 0 ], line );
		}
		found.splice( places[ 0 ] + 1, 0, line );
		return found.join( '\n' );
	}

	/** What a line is to say: a reason, or a decision that is asked about once; null for nothing. */
	function words_of( id, name, given ) {
		if ( name !== 'decision' ) {
			return OO.ui.prompt(
				say( /^settle-/.test( name ) ? 'gadget-settle-question' : 'gadget-line-question', name, id ),
				{ textInput: { value: given } }
			);
		}
		return ask( say( 'gadget-decide-question', given ), $( '<p>' ).text(
			say( given === 'ignore' ? 'gadget-leave-consequence' : 'gadget-use-consequence' )
		), say( 'gadget-decide' ) ).then( function ( yes ) {
			return yes ? given : null;
		} );
	}

	/** A line of an item: asked for its reason, written into the revision that the person looks at. */
	function write( button, id, name, given ) {
		busy( button, true );
		return refusal( name !== 'hold' && name !== 'decision' ).then( function ( why ) {
			if ( why ) {
				tell( button, why, false );
				return;
			}
			return words_of( id, name, given ).then( function ( words ) {
				// Nothing that ends the parameter or the item.
				if ( words === null || !words.trim() || /[|{}\n<>]/.test( words ) ) {
					tell( button, say( words === null ? 'gadget-nothing' : 'gadget-plain-words' ), false );
					return;
				} else if ( /^settle-/.test( name ) && !/^(again|posted https?:\/\/\S+)$/.test( words.trim() ) ) {
					tell( button, say( 'gadget-settle-wrong' ), false );
					return;
				}
				return text( page ).then( function ( found ) {
					var changed = withLine( found.text, id, '| ' + name + ' = ' + words.trim() + SIGNATURE );
					if ( found.revision !== revision ) {
						tell( button, say( 'gadget-changed' ), false );
						return;
					} else if ( changed === null ) {
						tell( button, say( 'gadget-by-hand' ), false );
						return;
					}
					return api.postWithToken( 'csrf', {
						action: 'edit', title: page, text: changed, baserevid: revision, nocreate: true, assert: 'user',
						summary: name + ': ' + id, errorformat: 'html', errorlang: mw.config.get( 'wgUserLanguage' ),
						errorsuselocal: true, formatversion: 2
					} ).then( function ( answer ) {
						done( button, answer );
					} );
				} );
			} );
		} ).then( null, failed( button ) ).always( function () {
			busy( button, !!$( button ).data( 'done' ) );
		} );
	}

	function addButtons( content ) {
		content.find( '.mwsocial-lines' ).each( function () {
			var id = $( this ).attr( 'data-desk-id' ) || '';
			if ( !/^[a-z0-9][a-z0-9-]{0,63}$/.test( id ) ) {
				return;
			}
			$( this ).find( 'li > code' ).each( function () {
				var found = /^\| (hold|decline|delete-posts|decision|settle-[a-z][a-z0-9]*(?:-\d+)?) = (REASON|posted ADDRESS|again|use|ignore) ~{4}$/.exec( $( this ).text() );
				if ( found ) {
					$( this ).after( ' ', $( '<button>' ).attr( { type: 'button', 'class': 'mwsocial-do' } )
						.text( say( 'gadget-do', found[ 1 ] === 'decision' ? found[ 2 ] : found[ 1 ] ) ).on( 'click', function () {
							if ( $( this ).attr( 'aria-disabled' ) !== 'true' ) {
								write( this, id, found[ 1 ], found[ 2 ] === 'REASON' ? '' : found[ 2 ].replace( 'ADDRESS', '' ) );
							}
						} ) );
				}
			} );
		} );
	}

	// Only where a person looks at the page as it is now: an old revision is not what would be approved.
	if ( [ QUEUE, MENTIONS, SUGGESTIONS ].indexOf( page ) < 0 || mw.config.get( 'wgAction' ) !== 'view' ||
		!revision || revision !== mw.config.get( 'wgCurRevisionId' ) || mw.util.getParamValue( 'diff' ) !== null ) {
		return;
	}
	mw.loader.using( [ 'mediawiki.api', 'mediawiki.util', 'oojs-ui-windows' ] ).then( function () {
		api = new mw.Api();
		mw.hook( 'wikipage.content' ).add( function ( content ) {
			content.find( 'a[href*="preload"]' ).off( '.mwsocial' ).on( 'click.mwsocial', take );
			addButtons( content );
			$( document.documentElement ).addClass( 'mwsocial-ready' );
		} );
	} );
}() );
