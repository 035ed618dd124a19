"""A person before a browser: who logs in, opens a page, and presses what stands there."""

from __future__ import annotations

from typing import Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.real.desk import Desk

WIDE, NARROW = (1280, 1000), (375, 800)
#: A busy machine takes its time; nothing here is about how long.
PATIENCE = 60


_SEEN = """
return [ ...document.querySelectorAll( '.oo-ui-window-ready' ) ].map( function ( dialog ) {
    return [ dialog, ...[ ...dialog.querySelectorAll( '*' ) ].filter( ( one ) => one.shadowRoot )
        .map( ( one ) => one.shadowRoot.firstElementChild ) ].map( ( one ) => one.innerText ).join( '\\n' );
} ).join( '' );
"""


class Reader:
    """Somebody on the wiki with a browser."""

    def __init__(
        self, driver: Any, desk: Desk, name: str = '', size: tuple[int, int] = WIDE
    ) -> None:
        """*name*: who logs in; '' for a reader without an account. *size*: of the window, in pixels."""
        self.driver, self.desk = driver, desk
        driver.execute_cdp_cmd(
            'Emulation.setDeviceMetricsOverride',
            {'width': size[0], 'height': size[1], 'deviceScaleFactor': 1, 'mobile': False},
        )
        driver.get(f'{desk.sandbox.url}/load.php')
        driver.delete_all_cookies()
        if name:
            person = desk.person(name)
            # VisualEditor welcomes newcomers with a window over the form.
            person.api(action='options', optionname='visualeditor-hidebetawelcome', optionvalue='1')
            for cookie in person._session.cookies:
                driver.add_cookie({'name': cookie.name, 'value': cookie.value, 'path': '/'})

    def open(self, title: str, gadget: bool = True) -> None:
        """Read a page; with the gadget once it is ready."""
        self.visit(f'title={title.replace(" ", "_")}')
        if gadget:
            self.wait(lambda: self.all('html.mwsocial-ready'))

    def visit(self, query: str) -> None:
        """Open an address of the wiki's ``index.php``."""
        # MediaWiki answers 304 to a page edited in the very second in which it was read before, and tests
        # are that quick: the browser would show the words before the edit.
        self.driver.execute_cdp_cmd('Network.clearBrowserCache', {})
        self.driver.get(f'{self.desk.sandbox.url}/index.php?{query}')

    def ready(self) -> None:
        """Wait until the page and its scripts have settled."""
        self.wait(lambda: self.driver.execute_script('return document.readyState') == 'complete')
        self.wait(
            lambda: self.driver.execute_async_script(
                'const done = arguments[0]; window.mw && mw.loader && mw.loader.using ?'
                'mw.loader.using(["mediawiki.page.ready"]).then(() => requestIdleCallback(() => done(true)),'
                '() => done(true)) : done(true)'
            )
        )

    def wait(self, found: Any) -> Any:
        """Wait until something is there."""

        def check(_: Any) -> Any:
            try:
                return found()
            except StaleElementReferenceException:
                return False

        return WebDriverWait(self.driver, PATIENCE, 0.1).until(check)

    def all(self, selector: str) -> list[Any]:
        """The elements of a CSS selector."""
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def link(self, words: str, within: str = '#mw-content-text') -> Any:
        """The first link with these words."""
        return self.wait(
            lambda: [
                one for one in self.all(f'{within} a') if one.text == words and one.is_displayed()
            ]
        )[0]

    def press(self, words: str) -> None:
        """Press a button of the dialog."""
        # The window moves while it opens: what is pressed is what the keyboard would press.
        button = self.wait(
            lambda: [
                one for one in self.all('.oo-ui-window-ready .oo-ui-buttonElement-button')
                if one.text == words and one.is_displayed()
            ]
        )[0]  # fmt: skip
        self.driver.execute_script('arguments[0].click()', button)

    def click(self, selector: str) -> None:
        """Press the first element of a CSS selector that can be seen, once it is there."""
        found = self.wait(lambda: [one for one in self.all(selector) if one.is_displayed()])[0]
        self.driver.execute_script('arguments[0].click()', found)

    def dialog(self) -> str:
        """The words of the open dialog, once it takes the keyboard, as they are seen: what the wiki shows
        of a decision stands apart from the page (a shadow tree).
        """
        return str(self.wait(lambda: self.driver.execute_script(_SEEN).strip()))

    def escape(self) -> None:
        """Leave the dialog by the keyboard."""
        ActionChains(self.driver).send_keys(Keys.ESCAPE).perform()
        self.wait(lambda: not self.all('.oo-ui-window-active'))

    def told(self) -> str:
        """What the gadget says below a button."""
        return str(self.wait(lambda: ''.join(one.text for one in self.all('.mwsocial-status'))))
