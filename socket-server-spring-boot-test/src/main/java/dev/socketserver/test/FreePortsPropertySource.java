package dev.socketserver.test;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Has the value 0 for the port of each server for which another property source has a
 * port.
 * <p>
 * It lists no names of properties, since servers may be configured in sources that are
 * not known yet: the binder finds their names there, and then asks all sources for each
 * value. A server that is configured without a port stays without one, and fails as
 * usual.
 */
final class FreePortsPropertySource extends PropertySource<MutablePropertySources> {

	private static final Pattern PORT = Pattern.compile("socket\\.servers\\.[^.]+\\.port");

	FreePortsPropertySource(MutablePropertySources sources) {
		super("socketServerFreePorts", sources);
	}

	@Override
	public @Nullable Object getProperty(String name) {
		return (PORT.matcher(name).matches() && isConfigured(name)) ? "0" : null;
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
