package dev.socketserver.actuate.ui;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.actuate.history.HistoryDescriptor;
import dev.socketserver.actuate.history.SocketHistory;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.ClassUtils;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.util.HtmlUtils;

/**
 * The files of the page, which are on the class path, and those that are made for it: its
 * settings, and the history of servers and clients.
 */
final class UiFiles {

	/** The name of the script that describes the request to the page. */
	static final String PAGE_JSON = "page.json";

	/** The name of what servers and clients were like. */
	private static final String HISTORY_JSON = "history.json";

	/** What the files are, beside HTML, for the conditions of requests. */
	static final String CSS = "text/css";

	static final String SCRIPT = "text/javascript";

	static final String IMAGE = "image/svg+xml";

	private static final Map<String, MimeType> TYPES = Map.of("css", type(CSS), "js", type(SCRIPT), "svg", type(IMAGE));

	/** No name leads out of the folder. */
	private static final Pattern NAME = Pattern.compile("[a-z-]+\\.(css|js|svg)");

	private final PageSettings settings;

	private final SocketHistory history;

	/**
	 * Creates the files.
	 * @param settings what the page is given
	 * @param history what servers and clients were like
	 */
	UiFiles(PageSettings settings, SocketHistory history) {
		this.settings = settings;
		this.history = history;
	}

	private static MimeType type(String name) {
		return new MimeType(MimeTypeUtils.parseMimeType(name), StandardCharsets.UTF_8);
	}

	/**
	 * Returns the page. The files that it loads are named relative to it, so that it does
	 * not matter what stands before its path.
	 */
	UiFile page() {
		String path = this.settings.path();
		return page(path.substring(path.lastIndexOf('/') + 1));
	}

	/**
	 * Returns one of the files that the page loads.
	 * @param since the time after which the history is wanted, or {@code null} for all of
	 * it
	 * @param segments what follows in the path of the endpoint
	 * @return the file, or {@code null} if there is none of that name
	 */
	@Nullable UiFile find(@Nullable Long since, String... segments) {
		if (segments.length == 0) {
			// The path ended with a slash.
			return page(".");
		}
		if (segments.length == 1 && segments[0].equals(HISTORY_JSON)) {
			return UiFile.json(this.history.describe(since));
		}
		if (segments.length > 1 || !NAME.matcher(segments[0]).matches()) {
			return null;
		}
		Resource resource = resource(segments[0]);
		MimeType type = TYPES.get(segments[0].substring(segments[0].indexOf('.') + 1));
		return (resource.exists() && type != null) ? new UiFile(resource, type, UiFile.REVALIDATED) : null;
	}

	/**
	 * Returns what the page is given about its request.
	 * @param csrf what a request that changes something must send, or {@code null}
	 */
	UiFile settings(@Nullable CsrfHeader csrf) {
		return UiFile.json(new PageDescriptor(this.settings.application(), this.settings.evaluation(),
				this.settings.cluster(), this.settings.startedAt(), this.settings.docs(), tables(), csrf));
	}

	private UiFile page(String folder) {
		try {
			String html = resource("index.html").getContentAsString(StandardCharsets.UTF_8)
				.replace("{folder}", HtmlUtils.htmlEscape(folder))
				.replace("{path}", HtmlUtils.htmlEscape(this.settings.path()));
			return new UiFile(new ByteArrayResource(html.getBytes(StandardCharsets.UTF_8)),
					type(MimeTypeUtils.TEXT_HTML_VALUE), UiFile.REVALIDATED);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the scripts of tables. Whoever has one more adds a file of that name to the
	 * class path, be it in another jar.
	 */
	private static List<String> tables() {
		String folder = ClassUtils.classPackageAsResourcePath(UiFiles.class);
		try {
			return Stream
				.of(new PathMatchingResourcePatternResolver(UiFiles.class.getClassLoader())
					.getResources("classpath*:" + folder + "/table-*.js"))
				.map((table) -> Objects.requireNonNull(table.getFilename()))
				.sorted()
				.distinct()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Resource resource(String name) {
		return new ClassPathResource(name, UiFiles.class);
	}

	static class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("dev/socketserver/actuate/ui/*.*");
			new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), PageDescriptor.class,
					HistoryDescriptor.class);
		}

	}

}
