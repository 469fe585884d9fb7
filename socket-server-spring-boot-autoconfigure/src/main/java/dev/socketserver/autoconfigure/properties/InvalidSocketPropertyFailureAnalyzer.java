package dev.socketserver.autoconfigure.properties;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Explains an {@link InvalidSocketPropertyException}. Comes before Boot's analyzers, one
 * of which would only see that binding failed.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class InvalidSocketPropertyFailureAnalyzer
		extends AbstractFailureAnalyzer<InvalidSocketPropertyException> {

	/** The index of the element that is the name of an entry. */
	private static final int ENTRY = 2;

	private final Environment environment;

	public InvalidSocketPropertyFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidSocketPropertyException cause) {
		Origin origin = origin(cause.property());
		String where = (origin != null) ? "%n%nOrigin: %s".formatted(origin) : "";
		return new FailureAnalysis(cause.description() + where, cause.remedy(), cause);
	}

	private @Nullable Origin origin(String property) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty found = source.getConfigurationProperty(name);
			if (found == null) {
				// A list has its elements only.
				found = source.getConfigurationProperty(name.append("[0]"));
			}
			if (found != null) {
				return found.getOrigin();
			}
		}
		return variable(name);
	}

	/**
	 * Returns the environment variable that an entry has its name from, if no other
	 * source has that entry: whoever looks for the name in a file would not find it.
	 */
	private @Nullable Origin variable(ConfigurationPropertyName property) {
		if (property.getNumberOfElements() <= ENTRY || !isEntry(property.chop(ENTRY))) {
			return null;
		}
		ConfigurationPropertyName entry = property.chop(ENTRY + 1);
		Origin origin = null;
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				ConfigurationPropertyName key = iterable.stream().filter(entry::isAncestorOf).findFirst().orElse(null);
				ConfigurationProperty found = (key != null) ? source.getConfigurationProperty(key) : null;
				if (found != null && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
					return null;
				}
				origin = (origin == null && found != null) ? found.getOrigin() : origin;
			}
		}
		return origin;
	}

	private static boolean isEntry(ConfigurationPropertyName section) {
		return Stream.of(Section.values()).anyMatch((each) -> each.property().equals(section.toString()));
	}

}
