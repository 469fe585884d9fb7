package dev.socketserver.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Has the value 0 for the port of each server for which another property source has a
 * port, and a path in a temporary directory for each with a path of a Unix socket.
 * <p>
 * It lists no names of properties, since servers may be configured in sources that are
 * not known yet: the binder finds their names there, and then asks all sources for each
 * value. A server that is configured without a port stays without one, and fails as
 * usual.
 */
final class FreePortsPropertySource extends PropertySource<MutablePropertySources> {

	private static final Pattern PATH = Pattern
		.compile("socket\\.servers\\.([^.]+)(\\.listeners\\.([^.]+))?\\.domain-socket\\.path");

	private static final Pattern PORT = Pattern.compile("socket\\.servers\\.[^.]+(\\.listeners\\.[^.]+)?\\.port");

	/** For the sockets of one application context; made when there is one. */
	private @Nullable Path directory;

	FreePortsPropertySource(MutablePropertySources sources) {
		super("socketServerFreePorts", sources);
	}

	@Override
	public @Nullable Object getProperty(String name) {
		Matcher path = PATH.matcher(name);
		if (path.matches() && isConfigured(name)) {
			// No name has an underscore.
			String listener = (path.group(3) != null) ? "_" + path.group(3) : "";
			return directory().resolve(path.group(1) + listener + ".sock").toString();
		}
		return (PORT.matcher(name).matches() && isConfigured(name)) ? "0" : null;
	}

	private synchronized Path directory() {
		if (this.directory == null) {
			try {
				this.directory = Files.createTempDirectory("socket-server-test");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.directory.toFile().deleteOnExit();
		}
		return this.directory;
	}

	private boolean isConfigured(String name) {
		ConfigurationPropertyName property = ConfigurationPropertyName.ofIfValid(name);
		return property != null && this.source.stream()
			.filter((source) -> !(source instanceof FreePortsPropertySource)
					&& !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
			.map(ConfigurationPropertySource::from)
			.anyMatch((source) -> source != null && source.getConfigurationProperty(property) != null);
	}

}
