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
 * Finds the framings that the properties ask for, for one description of servers and
 * clients. Only applications that ask for one load the classes that create it. Not safe
 * for use by several threads.
 */
public final class ConfiguredFramings {

	private final ListableBeanFactory beanFactory;

	private final Environment environment;

	private final ConfigurationPropertiesBindHandlerAdvisor checks;

	/** Absent until a server inherits it. */
	private @Nullable Found inherited;

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
		Found own = found(section.property(name));
		return (own.isAny() || section != Section.SERVERS) ? own.framing() : inherited();
	}

	/**
	 * Finds the framing that an entry has itself.
	 * @param property the property of the entry
	 * @return the framing, or {@code null} if there is none, or an empty word
	 * @throws InvalidSocketPropertyException if the framing cannot be created
	 */
	public @Nullable ConfiguredFraming own(String property) {
		return found(property).framing();
	}

	/** Makes what servers inherit once for all of them. */
	private @Nullable ConfiguredFraming inherited() {
		Found known = this.inherited;
		if (known == null) {
			known = found(Section.DEFAULTS);
			this.inherited = known;
		}
		return known.framing();
	}

	private Found found(String parent) {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(parent + ".framing");
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		boolean any = false;
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationPropertyState below = source.containsDescendantOf(name);
			boolean here = below == ConfigurationPropertyState.PRESENT || source.getConfigurationProperty(name) != null;
			any |= here;
			if (here || below == ConfigurationPropertyState.UNKNOWN) {
				sources.add(source);
			}
		}
		if (!any) {
			return new Found(false, null);
		}
		FramingBlock block = new FramingBlock(this.environment, this.checks, sources, name);
		return new Found(true, "".equals(block.word()) ? null : new FramingFactory(this.beanFactory).create(block));
	}

	/**
	 * What was found.
	 *
	 * @param isAny whether any source has a word or a block
	 * @param framing the framing that it asks for, if it does
	 */
	private record Found(boolean isAny, @Nullable ConfiguredFraming framing) {

	}

}
