package dev.socketserver.autoconfigure.properties;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Explains an {@link InvalidSocketPropertyException}. Comes before Boot's analyzers, one
 * of which would only see that binding failed.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class InvalidSocketPropertyFailureAnalyzer
		extends AbstractFailureAnalyzer<InvalidSocketPropertyException> {

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
			if (found != null) {
				return found.getOrigin();
			}
		}
		return null;
	}

}
