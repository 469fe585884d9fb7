package dev.socketserver.browser;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The Chromium of this machine, without a window.
 */
public final class Browser implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final Duration OFTEN = Duration.ofMillis(50);

	/**
	 * Finds the elements of a selector, the first argument, and has the page for
	 * operators ask the application more often than once a second, while a test waits for
	 * it.
	 */
	private static final String LOOK = """
			const all = () => [...document.querySelectorAll(arguments[0])];
			const texts = () => all().map((one) => one.checkVisibility() ? one.innerText.replaceAll('\\t', ' ').trim() : '');
			const clicked = () => {
				const one = all().find((one) => !one.disabled && one.checkVisibility());
				one?.scrollIntoView({ block: 'nearest' });
				const { x, y, width, height } = one?.getBoundingClientRect() ?? {};
				if (!one?.contains(document.elementFromPoint(x + width / 2, y + height / 2))) {
					return false;
				}
				one.focus();
				one.click();
				return true;
			};
			const ask = () => {
				if (!(performance.now() < window.askedAt + 150)) {
					window.askedAt = performance.now();
					document.dispatchEvent(new Event('visibilitychange'));
				}
			};
			""";

	private final ChromeDriver driver;

	private Browser(ChromeDriver driver) {
		this.driver = driver;
	}

	/**
	 * Starts the browser. Where the machine has none, the test is left out.
	 * @param profile an empty directory
	 * @return the browser
	 */
	public static Browser start(Path profile) {
		Path chromium = program("chromium");
		Path chromedriver = program("chromedriver");
		assumeTrue(chromium != null, "chromium is not on this machine");
		assumeTrue(chromedriver != null, "chromedriver is not on this machine");
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		ChromeOptions options = new ChromeOptions();
		options.setBinary(chromium.toFile());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--window-size=1280,1300", "--user-data-dir=" + profile);
		options.setCapability("goog:loggingPrefs", logs);
		// With both programs named, Selenium looks for none and downloads none.
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(chromedriver.toFile())
			.usingAnyFreePort()
			.build();
		ChromeDriver driver = new ChromeDriver(service, options);
		Browser browser = new Browser(driver);
		browser.theme("light");
		return browser;
	}

	private static @Nullable Path program(String name) {
		return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

	public void open(String url) {
		this.driver.get(url);
	}

	public String title() {
		return this.driver.getTitle();
	}

	/** What the person prefers, {@code light} or {@code dark}. */
	public void theme(String scheme) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
	}

	public WebElement find(String css) {
		return this.driver.findElement(By.cssSelector(css));
	}

	public List<WebElement> all(String css) {
		return this.driver.findElements(By.cssSelector(css));
	}

	/** What a person reads in the elements; nothing in those that are hidden. */
	@SuppressWarnings("unchecked")
	public List<String> texts(String css) {
		return (List<String>) Objects.requireNonNull(this.driver.executeScript(LOOK + "ask(); return texts();", css));
	}

	/** What a person reads in the one element. */
	public String text(String css) {
		List<String> texts = texts(css);
		assertThat(texts).as(css).hasSize(1);
		return texts.get(0);
	}

	/** Whether the one element can be seen. */
	public boolean isShown(String css) {
		return find(css).isDisplayed();
	}

	/**
	 * Clicks as soon as there is such an element that can be clicked: one that is
	 * enabled, and that nothing covers. In the page, since the driver takes ten times as
	 * long.
	 */
	public void click(String css) {
		eventually(() -> assertThat(look("clicked()", "seen", css)).as("%s can be clicked", css).isEqualTo(true));
	}

	public void choose(String css, String text) {
		WebElement option = (WebElement) look("[...(all()[0]?.options ?? [])].find((one) => one.text === arguments[1])",
				"seen !== undefined", css, text);
		assertThat(option).as("%s in %s", text, css).isNotNull();
		option.click();
	}

	/** Presses keys, wherever the focus is. */
	public void press(CharSequence... keys) {
		new Actions(this.driver).sendKeys(keys).perform();
	}

	/** Tabs on until the element of that label has the focus. */
	public void tabTo(String label) {
		for (int i = 0; i < 200; i++) {
			press(Keys.TAB);
			if (label.equals(run("return document.activeElement.ariaLabel"))
					&& label.equals(focused().getAccessibleName())) {
				return;
			}
		}
		throw new AssertionError("The tabulator does not reach " + label);
	}

	public WebElement focused() {
		return this.driver.switchTo().activeElement();
	}

	/** Waits until the one element has the text. */
	public void shows(String css, String text) {
		eventually(() -> assertThat(look("texts()", "seen.length === 1 && seen[0] === arguments[1]", css, text)).as(css)
			.isEqualTo(List.of(text)));
	}

	/** Waits until the page for operators shows what the application tells. */
	public void showsThePage() {
		shows("#connection", "Connected");
	}

	public void hides(String css) {
		eventually(
				() -> assertThat(look("all().filter((one) => one.checkVisibility()).length", "seen === 0", css)).as(css)
					.isEqualTo(0L));
	}

	/**
	 * Has the page look until it has seen enough, for a while: the driver would look less
	 * often, at a higher price.
	 */
	private Object look(String look, String enough, Object... arguments) {
		return this.driver.executeScript(LOOK + """
				const end = performance.now() + 1000;
				return new Promise((resolve) => {
					const again = () => {
						const seen = %s;
						if (%s || performance.now() > end) {
							resolve(seen);
						}
						else {
							ask();
							setTimeout(again, 20);
						}
					};
					again();
				});
				""".formatted(look, enough), arguments);
	}

	public static void eventually(Runnable assertion) {
		await().atMost(LIMIT)
			.pollDelay(Duration.ZERO)
			.pollInterval(OFTEN)
			.ignoreExceptionsInstanceOf(WebDriverException.class)
			.untilAsserted(assertion::run);
	}

	public Object run(String script) {
		return this.driver.executeScript(script);
	}

	/** Forgets who is logged in. */
	public void forgetCookies() {
		this.driver.manage().deleteAllCookies();
	}

	/** Errors of the page itself, not those of answers like 404. */
	public List<String> errors() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::getMessage)
			.filter((message) -> !message.contains("Failed to load resource"))
			.toList();
	}

	public Path screenshot(String name) {
		try {
			Path file = Files.createDirectories(Path.of("target", "screenshots")).resolve(name);
			return Files.write(file, this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
