package dev.socketserver.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.springframework.util.FileSystemUtils;

/**
 * Gives all tests one browser, which ends with the last of them. Where the machine has
 * none, each test says that it is left out.
 */
public final class Browsers implements BeforeEachCallback {

	private Browser browser;

	@Override
	public void beforeEach(ExtensionContext context) {
		this.browser = context.getRoot()
			.getStore(Namespace.GLOBAL)
			.computeIfAbsent(Running.class, (key) -> Running.start(), Running.class)
			.browser();
	}

	public Browser browser() {
		return this.browser;
	}

	private record Running(Browser browser, Path profile) implements AutoCloseable {

		static Running start() {
			try {
				Path profile = Files.createTempDirectory("browser");
				return new Running(Browser.start(profile), profile);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void close() throws IOException {
			this.browser.close();
			FileSystemUtils.deleteRecursively(this.profile);
		}

	}

}
