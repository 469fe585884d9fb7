package dev.socketserver.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * The framings that the properties ask for. What makes them is loaded for those
 * applications only that ask for one.
 */
final class ConfiguredFramings {

	private final ListableBeanFactory beanFactory;

	private final Environment environment;

	ConfiguredFramings(ListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	/**
	 * Finds the framing of an entry. That of the defaults of servers is inherited whole.
	 * @param section where the entry is
	 * @param name the entry's name
	 * @return the framing, or {@code null} if neither the entry nor what it inherits
	 * names one
	 * @throws InvalidSocketPropertyException if it cannot be made
	 */
	@Nullable ConfiguredFraming find(Section section, String name) {
		String own = section.property(name);
		List<String> parents = (section == Section.SERVERS) ? List.of(own, Section.DEFAULTS) : List.of(own);
		for (String parent : parents) {
			FramingBlock block = FramingBlock.of(this.environment, parent + ".framing");
			if (block.isPresent()) {
				return new FramingFactory(this.beanFactory).create(block);
			}
		}
		return null;
	}

}
