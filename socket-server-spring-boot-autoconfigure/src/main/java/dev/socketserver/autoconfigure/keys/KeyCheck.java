package dev.socketserver.autoconfigure.keys;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.properties.StrictKeys;
import dev.socketserver.autoconfigure.properties.WrongValues;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.convert.ConversionException;

/**
 * Refuses unknown keys in {@link StrictKeys strict} blocks, and explains values that
 * cannot be read. A key is unknown if Boot's binder has not bound it. What it means, and
 * which key is near, is found out only if there is one.
 */
public final class KeyCheck implements ConfigurationPropertiesBindHandlerAdvisor {

	@Override
	public BindHandler apply(BindHandler bindHandler) {
		return new BoundKeys(bindHandler);
	}

	/**
	 * Notes what is bound, to find the keys that are not, and for what servers inherit.
	 */
	private static final class BoundKeys extends AbstractBindHandler {

		private final Map<ConfigurationPropertyName, Object> bound = new HashMap<>();

		/** What was written for that, and for keys that are bound later. */
		private final Map<ConfigurationPropertyName, ConfigurationProperty> written = new LinkedHashMap<>();

		/** Framings that are words. */
		private final Set<ConfigurationPropertyName> words = new HashSet<>();

		/** The names of what is bound directly below the whole. */
		private final Set<ConfigurationPropertyName> parts = new HashSet<>();

		/** The name of the whole: the blocks of modules are bound one by one. */
		private @Nullable ConfigurationPropertyName whole;

		private @Nullable Class<?> type;

		private boolean blank;

		private boolean secret;

		private final List<ConfigurationPropertyName> blocks = new ArrayList<>();

		/** Blocks with a dash as variables spell them, which have none. */
		private final List<ConfigurationPropertyName> variables = new ArrayList<>();

		private @Nullable UnknownKeys unknown;

		private @Nullable ModuleKeys modules;

		BoundKeys(BindHandler parent) {
			super(parent);
		}

		/**
		 * Returns how the keys of a type are checked, if they are; an interface may say
		 * so.
		 */
		private static @Nullable StrictKeys strict(Class<?> type) {
			StrictKeys strict = type.getAnnotation(StrictKeys.class);
			for (Class<?> each : type.getInterfaces()) {
				strict = (strict != null) ? strict : each.getAnnotation(StrictKeys.class);
			}
			return strict;
		}

		@Override
		public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
				BindContext context) {
			if (context.getDepth() == 1) {
				this.parts.add(name);
			}
			if (this.whole == null) {
				this.whole = name;
				Class<?> type = target.getType().resolve(Object.class);
				StrictKeys strict = strict(type);
				if (strict != null) {
					this.type = type;
					this.secret = strict.secret();
					this.modules = (type == SocketProperties.class) ? new ModuleKeys() : null;
					this.blank = strict.blank();
					for (String block : strict.value()) {
						this.blocks.add(ConfigurationPropertyName.of(block));
						if (block.contains("-")) {
							this.variables.add(ConfigurationPropertyName.of(block.replace('-', '.')));
						}
					}
				}
			}
			return super.onStart(name, target, context);
		}

		@Override
		public @Nullable Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Object result) {
			ConfigurationProperty property = (this.type != null) ? context.getConfigurationProperty() : null;
			// Not so for a block, which has keys and must not have a value.
			boolean block = result instanceof Record || result instanceof SessionProperties;
			boolean own = property != null && property.getName().equals(name) && !block;
			if (result instanceof Collection || own) {
				this.bound.put(name, result);
			}
			if (own) {
				keep(name, property, context);
			}
			return super.onSuccess(name, target, context, result);
		}

		@Override
		public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Exception error) throws Exception {
			check(name, target, context);
			boolean value = error instanceof ConversionException;
			if (this.type != null && (value || error instanceof UnboundConfigurationPropertiesException)) {
				UnknownKeys unknown = unknown(this.type, context);
				if (error instanceof UnboundConfigurationPropertiesException unbound) {
					throw WrongValues.afterGap(name, unbound.getUnboundProperties().iterator().next(), error);
				}
				if (unknown.isIgnored(name, target.getType().resolve(Object.class), error, context)) {
					return null;
				}
			}
			return super.onFailure(name, target, context, error);
		}

		@Override
		public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				@Nullable Object result) throws Exception {
			check(name, target, context);
			if (this.whole != null && name.equals(this.whole)) {
				finish(target, context, result);
			}
			super.onFinish(name, target, context, result);
		}

		private void finish(Bindable<?> target, BindContext context, @Nullable Object result) {
			ModuleKeys keys = this.modules;
			// Without a key of its own, it is the object that was to be given some.
			Object whole = (result == null && target.getValue() != null) ? target.getValue().get() : result;
			SocketProperties properties = (keys != null) ? (SocketProperties) whole : null;
			if (keys != null && properties != null) {
				keys.bind(properties, context, this, this.parts);
			}
			if (this.type != null && !isAllBound(context)) {
				unknown(this.type, context);
			}
			if (keys != null && properties != null) {
				keys.settle(properties);
				for (Map.Entry<ConfigurationPropertyName, ConfigurationProperty> each : keys.ofModules().entrySet()) {
					this.bound.put(each.getKey(), each.getValue().getValue());
					keep(each.getKey(), each.getValue(), context);
				}
				properties.inherit(this.bound, keys.blocks());
				properties.keep(this.bound, this.written);
			}
		}

		/** Keeps what was written for a key of servers and clients, which may change. */
		private void keep(ConfigurationPropertyName name, @Nullable ConfigurationProperty property,
				BindContext context) {
			if (this.modules == null || property == null || this.written.containsKey(name)) {
				return;
			}
			String text = property.getValue().toString();
			String resolved = (text.contains("${") && !text.contains("${local.socket.")) ? resolved(name, text, context)
					: text;
			this.written.put(name, resolved.equals(text) ? property : new ConfigurationProperty(name,
					Secrets.named(text).isEmpty() ? resolved : new SecretText(resolved), property.getOrigin()));
		}

		/**
		 * Returns a text with the values of its placeholders; the text itself if they are
		 * random, and so others each time.
		 */
		private static String resolved(ConfigurationPropertyName name, String text, BindContext context) {
			Bindable<String> whole = Bindable.of(String.class);
			String resolved = context.getBinder().bind(name, whole).orElse(text);
			return (!text.contains("${random.") && context.getBinder().bind(name, whole).orElse(text).equals(resolved))
					? resolved : text;
		}

		/** Checks what is wrong with a value of any type. */
		private void check(ConfigurationPropertyName name, Bindable<?> target, BindContext context) {
			ConfigurationProperty property = (this.type != null) ? context.getConfigurationProperty() : null;
			if (property == null || !property.getName().equals(name)) {
				return;
			}
			String written = property.getValue().toString();
			if (written.isBlank() || written.contains("${")) {
				String value = context.getBinder().bind(name, Bindable.of(String.class)).orElse(null);
				Class<?> type = target.getType().resolve(Object.class);
				if (!this.blank || (type != String.class && !Collection.class.isAssignableFrom(type))) {
					WrongValues.refuseBlank(name.toString(), value);
				}
				WrongValues.refuseUnresolved(name.toString(), written, value);
			}
		}

		/** Returns what explains unknown keys, which fails if there is one. */
		private UnknownKeys unknown(Class<?> type, BindContext context) {
			UnknownKeys known = this.unknown;
			if (known == null) {
				known = new UnknownKeys(type, this.blocks, this.secret, context, this.modules);
				this.unknown = known;
				known.check();
			}
			return known;
		}

		private boolean isAllBound(BindContext context) {
			boolean all = true;
			for (ConfigurationPropertySource source : context.getSources()) {
				if (source instanceof IterableConfigurationPropertySource iterable) {
					all &= isAllBound(iterable, context);
				}
			}
			return all;
		}

		/**
		 * Whether all keys were bound, and each entry is spelled in one way. What was not
		 * bound may be a framing.
		 */
		private boolean isAllBound(IterableConfigurationPropertySource source, BindContext context) {
			Map<ConfigurationPropertyName, String> entries = new HashMap<>();
			boolean all = true;
			for (ConfigurationPropertyName name : source) {
				ConfigurationProperty word = this.written.get(name);
				if (word != null && name.getLastElement(Form.UNIFORM).equals("framing") && this.words.add(name)) {
					// In the order of the sources, as the keys of a block are.
					this.written.remove(name);
					this.written.put(name, word);
				}
				for (ConfigurationPropertyName block : this.blocks) {
					boolean within = block.equals(name) || block.isAncestorOf(name);
					if (within && !(this.bound.containsKey(name) && isOneEntry(block, name, entries))) {
						all = false;
						keep(name, source.getConfigurationProperty(name), context);
					}
				}
				for (ConfigurationPropertyName block : this.variables) {
					if (block.isAncestorOf(name)) {
						all = false;
						keep(name, source.getConfigurationProperty(name), context);
					}
				}
			}
			return all;
		}

		private static boolean isOneEntry(ConfigurationPropertyName block, ConfigurationPropertyName name,
				Map<ConfigurationPropertyName, String> entries) {
			int entry = block.getNumberOfElements();
			if (name.getNumberOfElements() == entry || name.isNumericIndex(entry)) {
				return false;
			}
			String spelled = name.getElement(entry, Form.ORIGINAL);
			String known = entries.putIfAbsent(name.chop(entry + 1), spelled);
			return known == null || known.equals(spelled);
		}

	}

}
