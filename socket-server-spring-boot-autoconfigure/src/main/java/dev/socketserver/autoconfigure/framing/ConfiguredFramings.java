package dev.socketserver.autoconfigure.framing;

import java.util.List;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
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
		List<String> parents = (section == Section.SERVERS) ? List.of(own, Section.DEFAULTS) : List.of(own);
		for (String parent : parents) {
			FramingBlock block = FramingBlock.of(this.environment, this.checks, parent + ".framing");
			if (block.isPresent()) {
				return "".equals(block.word()) ? null : new FramingFactory(this.beanFactory).create(block);
			}
		}
		return null;
	}

}
