package dev.socketserver.autoconfigure.framing;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Finds the framings that the properties ask for. Only applications that ask for one load
 * the classes that create it.
 */
public final class ConfiguredFramings {

	private final ListableBeanFactory beanFactory;

	private final Environment environment;

	private final ConfigurationPropertiesBindHandlerAdvisor checks;

	/**
	 * Creates the object.
	 * @param beanFactory has beans that are framings
	 * @param environment has the properties
	 * @param checks explains values that cannot be read
	 */
	public ConfiguredFramings(ListableBeanFactory beanFactory, Environment environment,
			ConfigurationPropertiesBindHandlerAdvisor checks) {
		this.beanFactory = beanFactory;
		this.checks = checks;
		this.environment = environment;
	}

	/**
	 * Finds the framing of an entry. If a server has none of its own, it inherits that of
	 * the defaults as a whole, and not key by key. An empty word is none, and switches an
	 * inherited one off.
	 * @param section where the entry is
	 * @param name the entry's name
	 * @return the framing, or {@code null} if neither the entry nor what it inherits
	 * names one
	 * @throws InvalidSocketPropertyException if the framing cannot be created
	 */
	public @Nullable ConfiguredFraming find(Section section, String name) {
		String own = section.property(name);
		return find((section == Section.SERVERS) ? List.of(own, Section.DEFAULTS) : List.of(own));
	}

	/**
	 * Finds the framing of the first that has one.
	 * @param parents the properties that may have one
	 * @return the framing, or {@code null} if there is none, or an empty word
	 * @throws InvalidSocketPropertyException if the framing cannot be created
	 */
	public @Nullable ConfiguredFraming find(List<String> parents) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			sources.add(source);
		}
		for (String parent : parents) {
			ConfigurationPropertyName framing = ConfigurationPropertyName.of(parent + ".framing");
			if (isPresent(sources, framing)) {
				FramingBlock block = new FramingBlock(this.environment, this.checks, sources, framing);
				return "".equals(block.word()) ? null : new FramingFactory(this.beanFactory).create(block);
			}
		}
		return null;
	}

	/** Whether any source has a word or a block. */
	private static boolean isPresent(List<ConfigurationPropertySource> sources, ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : sources) {
			if (source.getConfigurationProperty(name) != null
					|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
				return true;
			}
		}
		return false;
	}

}
