package dev.socketserver.autoconfigure.keys;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * Asks Boot's binder which keys it looks for when it binds a type: it is given a source
 * that claims to have something in each block, and no value. The metadata would not do,
 * since it does not have the keys of entries.
 */
final class BinderKeys {

	private BinderKeys() {
	}

	/**
	 * Returns the keys of a type.
	 * @param prefix the name at which the type is bound
	 * @param type the type
	 * @param maps the names of maps; they are given one entry, called {@code any}
	 * @return the names of keys with a value, in the order of the type; an element of a
	 * list has the index 0
	 */
	static Set<ConfigurationPropertyName> of(ConfigurationPropertyName prefix, Class<?> type,
			Collection<ConfigurationPropertyName> maps) {
		Everything source = new Everything(maps);
		new Binder(source).bind(prefix, Bindable.of(type), source.handler());
		Set<ConfigurationPropertyName> keys = new LinkedHashSet<>(source.asked.keySet());
		source.asked.forEach((name, kind) -> {
			if (Map.class.isAssignableFrom(kind)) {
				keys.remove(name);
			}
			removeBlocks(name, keys);
		});
		return keys;
	}

	/** Removes the names above a key, except for that of a list whose value it is. */
	private static void removeBlocks(ConfigurationPropertyName key, Set<ConfigurationPropertyName> keys) {
		ConfigurationPropertyName above = key.getParent();
		if (key.isLastElementIndexed() && key.getLastElement(Form.UNIFORM).equals("0")) {
			above = above.getParent();
		}
		while (!above.isEmpty()) {
			keys.remove(above);
			above = above.getParent();
		}
	}

	private static boolean isBlock(Class<?> type) {
		return type.isRecord() || (type.getName().startsWith("dev.socketserver.")
				&& Stream.of(type.getConstructors()).anyMatch((constructor) -> constructor.getParameterCount() == 0));
	}

	private static final class Everything implements IterableConfigurationPropertySource {

		private final Map<ConfigurationPropertyName, Class<?>> asked = new LinkedHashMap<>();

		private final List<ConfigurationPropertyName> entries;

		Everything(Collection<ConfigurationPropertyName> maps) {
			this.entries = maps.stream().map((map) -> map.append("any.any")).toList();
		}

		AbstractBindHandler handler() {
			return new AbstractBindHandler() {

				@Override
				public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
						BindContext context) {
					Everything.this.asked.put(name, target.getType().resolve(Object.class));
					return super.onStart(name, target, context);
				}

			};
		}

		@Override
		public Stream<ConfigurationPropertyName> stream() {
			return this.entries.stream();
		}

		@Override
		public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
			return null;
		}

		@Override
		public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
			Class<?> type = this.asked.getOrDefault(name, Object.class);
			boolean block = Map.class.isAssignableFrom(type) || Collection.class.isAssignableFrom(type)
					|| isBlock(type);
			return block ? ConfigurationPropertyState.PRESENT : ConfigurationPropertyState.ABSENT;
		}

	}

}
