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
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
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

	private static final Duration OFTEN = Duration.ofMillis(20);

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
				"--user-data-dir=" + profile);
		options.setCapability("goog:loggingPrefs", logs);
		// With both programs named, Selenium looks for none and downloads none.
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(chromedriver.toFile())
			.usingAnyFreePort()
			.build();
		ChromeDriver driver = new ChromeDriver(service, options);
		driver.manage().window().setSize(new Dimension(1280, 1300));
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

	public List<String> texts(String css) {
		return all(css).stream().map(WebElement::getText).toList();
	}

	/** Clicks as soon as there is such an element that can be clicked. */
	public void click(String css) {
		eventually(() -> {
			assertThat(find(css).isEnabled()).as("%s is enabled", css).isTrue();
			find(css).click();
		});
	}

	public void choose(String css, String text) {
		find(css).findElements(By.tagName("option"))
			.stream()
			.filter((option) -> option.getText().equals(text))
			.findFirst()
			.orElseThrow()
			.click();
	}

	/** Presses keys, wherever the focus is. */
	public void press(CharSequence... keys) {
		focused().sendKeys(keys);
	}

	/** Tabs on until the element of that label has the focus. */
	public void tabTo(String label) {
		for (int i = 0; i < 200; i++) {
			press(Keys.TAB);
			if (label.equals(focused().getAccessibleName())) {
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
		eventually(() -> assertThat(texts(css)).as(css).singleElement().isEqualTo(text));
	}

	/**
	 * Waits until the page for operators shows what the application tells. From then on
	 * it asks more often than once a second, for the sake of the tests.
	 */
	public void showsThePage() {
		shows("#connection", "Connected");
		run("setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 200)");
	}

	public void hides(String css) {
		eventually(() -> assertThat(all(css).stream().filter(WebElement::isDisplayed)).as(css).isEmpty());
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
