package dev.socketserver.autoconfigure.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.NamesHandler;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.handler.bean.BuiltInHandler;
import dev.socketserver.handler.bean.HandlerBean;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.spec.Suggestions;
import org.jspecify.annotations.Nullable;

/**
 * Decides which bean serves which server, or client: the one that the {@code handler}
 * property names, else the one whose annotation names the server, else the one whose
 * annotation names none. If a property names a handler that is built in, a bean of that
 * name wins, except over one that a module brings. A bean that is annotated for the other
 * side only is never chosen. A server needs a handler, a client does not.
 */
public final class HandlerSelection {

	private static final SafeLogger logger = SafeLogger.of(HandlerSelection.class);

	private final Section section;

	private final HandlerBeans beans;

	public HandlerSelection(Section section, HandlerBeans beans) {
		this.section = section;
		this.beans = beans;
	}

	private Collection<HandlerBean> annotated() {
		return this.beans.annotated(this.section.side());
	}

	private Section otherSection() {
		return (this.section == Section.SERVERS) ? Section.CLIENTS : Section.SERVERS;
	}

	/**
	 * Chooses the handlers.
	 * @param entries the enabled servers, or clients, by name
	 * @return the names of the beans, or the words of handlers that are
	 * {@linkplain #isBuiltIn built in}, by the names of the entries
	 * @throws InvalidSocketPropertyException if there is not exactly one handler for a
	 * server, or more than one for a client
	 */
	public Map<String, String> select(Map<String, ? extends NamesHandler> entries) {
		Map<String, String> selected = new LinkedHashMap<>();
		List<String> unnamed = new ArrayList<>();
		for (Map.Entry<String, ? extends NamesHandler> entry : entries.entrySet()) {
			String name = entry.getKey();
			String handler = entry.getValue().getHandler();
			String bean = (handler != null) ? named(name, handler) : naming(name, name, null);
			if (bean != null) {
				selected.put(name, bean);
			}
			else {
				unnamed.add(name);
			}
		}
		if (!unnamed.isEmpty()) {
			String bean = nameless(unnamed, selected.values(), entries.keySet());
			if (bean != null) {
				selected.put(unnamed.get(0), bean);
			}
		}
		return selected;
	}

	/**
	 * Returns the handler that an entry names, or that names the entry in its annotation.
	 * @param name the name of the entry
	 * @param entry what the properties say
	 * @return the name of the handler, {@code null} if there is none such
	 * @throws InvalidSocketPropertyException if there are several
	 */
	public @Nullable String named(String name, NamesHandler entry) {
		String handler = entry.getHandler();
		return (handler != null) ? handler : naming(name, name, null);
	}

	/**
	 * Warns about annotations of handlers that name a server, or client, which does not
	 * exist, or has another handler, and about handlers that serve none.
	 * @param selected what {@link #select} chose
	 * @param all all entries, including those that are disabled
	 * @param enabled the names of the entries that are enabled
	 * @param others the names of the entries of the other side
	 */
	public void warnAboutTheRest(Map<String, String> selected, Map<String, ? extends NamesHandler> all,
			Set<String> enabled, Collection<String> others) {
		Set<String> references = references(all.values());
		String word = this.section.word();
		for (HandlerBean bean : annotated()) {
			if (references.contains(bean.beanName())) {
				continue;
			}
			for (String name : bean.names()) {
				if (!all.containsKey(name) && !references.contains(name)) {
					String suggestion = others.contains(name)
							? "there is a %s of that name, which %s would serve".formatted(otherSection().word(),
									otherSection().annotation(name))
							: Suggestions.sentence(name, all.keySet(), "there are no " + this.section.words());
					logger.warn(
							"Handler bean '{}' serves '{}', but there is no {} of that name ({}): "
									+ "set {}, or change the name",
							bean.beanName(), name, word, suggestion, this.section.property(name, "port"));
				}
				else if (selected.containsKey(name) && !selected.containsValue(bean.beanName())) {
					logger.warn("Handler bean '{}' serves no {}: {} has the handler '{}', by {}", bean.beanName(), word,
							owner(name), selected.get(name), property(name));
				}
			}
			if (bean.names().isEmpty() && !selected.containsValue(bean.beanName()) && !isAnyOpen(all, enabled)) {
				logger.warn("Handler bean '{}' serves no {} ({}): name one in its {} annotation, or set {} to '{}'",
						bean.beanName(), word,
						Suggestions.sentence(bean.beanName(), all.keySet(), "there are no " + this.section.words()),
						this.section.annotation(), property("<name>"), bean.beanName());
			}
		}
	}

	/** Whether an entry is disabled for which a handler without a name may be meant. */
	private static boolean isAnyOpen(Map<String, ? extends NamesHandler> all, Set<String> enabled) {
		return all.entrySet()
			.stream()
			.anyMatch((entry) -> !enabled.contains(entry.getKey()) && entry.getValue().getHandler() == null);
	}

	private Set<String> references(Collection<? extends NamesHandler> entries) {
		Set<String> references = new LinkedHashSet<>();
		for (NamesHandler entry : entries) {
			String handler = entry.getHandler();
			if (handler != null) {
				references.add(handler);
				references.add(this.beans.nameOf(handler));
			}
		}
		return references;
	}

	/**
	 * Whether the handler of an entry is built in, and no bean.
	 * @param entry what the properties say
	 * @return whether its handler is built in
	 */
	public boolean isBuiltIn(NamesHandler entry) {
		String handler = entry.getHandler();
		return handler != null && (isReserved(handler)
				|| (BuiltInHandler.of(handler) != null && !this.beans.contains(handler) && !isAnnotated(handler)));
	}

	/** Whether a module brings the handler, or would. */
	private boolean isReserved(String handler) {
		return ServerBlocks.handler(handler) != null || KnownModules.hasHandler(handler);
	}

	private boolean isAnnotated(String handler) {
		return annotated().stream().anyMatch((bean) -> bean.names().contains(handler));
	}

	private String named(String name, String handler) {
		if (isReserved(handler)) {
			return reserved(name, handler);
		}
		if (this.beans.contains(handler)) {
			checkSide(name, handler);
			return this.beans.nameOf(handler);
		}
		String bean = naming(name, handler, handler);
		if (bean != null) {
			return bean;
		}
		if (BuiltInHandler.of(handler) != null) {
			return handler;
		}
		throw new InvalidSocketPropertyException(property(name), handler,
				"%s has no handler of that name; %s".formatted(owner(name), known(handler, allHandlers())),
				"Set it to the name of a handler bean, or to a name in the %s annotation of one, or remove it and annotate the handler with %s"
					.formatted(this.section.annotation(), this.section.annotation(name)));
	}

	private String reserved(String name, String handler) {
		if (this.section == Section.CLIENTS) {
			throw new InvalidSocketPropertyException(property(name), handler, KnownModules.whyServersOnly(handler),
					"Name another handler");
		}
		if (this.beans.contains(handler) || isAnnotated(handler)) {
			logger.warn("Server '{}' has the built-in handler {}, not the bean with that name or annotation", name,
					handler);
		}
		return handler;
	}

	/** Refuses a bean that is annotated for the other side only. */
	private void checkSide(String name, String handler) {
		String bean = this.beans.nameOf(handler);
		if (this.beans.isAnnotated(otherSection().side(), bean) && !this.beans.isAnnotated(this.section.side(), bean)) {
			throw new InvalidSocketPropertyException(property(name), handler,
					"the bean of that name is annotated with %s, and serves %s only"
						.formatted(otherSection().annotation(), otherSection().words()),
					"Annotate it with %s too, or name another bean".formatted(this.section.annotation()));
		}
	}

	private @Nullable String naming(String entry, String name, @Nullable String handler) {
		List<String> found = new ArrayList<>();
		for (HandlerBean bean : annotated()) {
			if (bean.names().contains(name)) {
				found.add(bean.beanName());
			}
		}
		if (found.size() > 1) {
			throw new InvalidSocketPropertyException(property(entry), handler,
					"%s has several handlers, the beans %s".formatted(owner(entry), quoted(found)),
					"Set it to one of them, or remove '%s' from the %s annotations of the others".formatted(name,
							this.section.annotation()));
		}
		return found.isEmpty() ? null : found.get(0);
	}

	private @Nullable String nameless(List<String> unnamed, Collection<String> taken, Collection<String> entries) {
		String name = unnamed.get(0);
		List<String> all = annotated().stream()
			.filter((bean) -> bean.names().isEmpty())
			.map(HandlerBean::beanName)
			.toList();
		List<String> free = all.stream().filter((bean) -> !taken.contains(bean)).toList();
		if (this.section == Section.CLIENTS && free.isEmpty()) {
			// A client without a handler is used by hand.
			return null;
		}
		List<String> found = free.isEmpty() ? all : free;
		String annotated = "Annotate %s with %s, or set the property to %s";
		if (found.isEmpty()) {
			HandlerBean misnamed = misnamed(name, entries);
			if (misnamed != null) {
				String other = misnamed.names().iterator().next();
				throw new InvalidSocketPropertyException(property(name), null,
						"%s has no handler; bean '%s' is annotated with %s, and there is no %s '%s'".formatted(
								owner(name), misnamed.beanName(), this.section.annotation(other), this.section.word(),
								other),
						"Change the annotation to %s, or set the property to %s"
							.formatted(this.section.annotation(name), misnamed.beanName()));
			}
			throw new InvalidSocketPropertyException(property(name), null,
					"%s has no handler; %s".formatted(owner(name), known(name, suggestions(name))),
					annotated.formatted("a bean", this.section.annotation(name), "the name of one"));
		}
		if (found.size() > 1) {
			throw new InvalidSocketPropertyException(property(name), null,
					"%s has several handlers, the beans %s, which name no %s".formatted(owner(name), quoted(found),
							this.section.word()),
					annotated.formatted("one", this.section.annotation(name), "its name"));
		}
		if (unnamed.size() > 1) {
			throw new InvalidSocketPropertyException(property(name), null,
					"the only handler that names no %s, bean '%s', cannot tell the %s %s apart"
						.formatted(this.section.word(), found.get(0), this.section.words(), quoted(unnamed)),
					annotated.formatted("a bean", this.section.annotation(name), "the name of one"));
		}
		return found.get(0);
	}

	/** The words that the property {@code handler} can have. */
	private Set<String> allHandlers() {
		Set<String> names = new LinkedHashSet<>(handlers());
		this.beans.ofForms()
			.stream()
			.filter((bean) -> !this.beans.isAnnotated(otherSection().side(), bean))
			.forEach(names::add);
		Stream.of(BuiltInHandler.values()).map(BuiltInHandler::word).forEach(names::add);
		if (this.section == Section.SERVERS) {
			names.addAll(KnownModules.handlers());
		}
		return names;
	}

	/**
	 * The handlers to suggest: whatever has that name, even if only its type says that it
	 * is a handler, or else all that are annotated.
	 */
	private Set<String> suggestions(String name) {
		return allHandlers().contains(name) ? Set.of(name) : handlers();
	}

	/**
	 * The names of the annotated beans, and of the entries that they name. The name of an
	 * entry is left out if it is also that of a bean that is no handler, as a property
	 * would name that bean.
	 */
	private Set<String> handlers() {
		Set<String> beanNames = new LinkedHashSet<>(this.beans.ofForms());
		annotated().forEach((bean) -> beanNames.add(bean.beanName()));
		Set<String> names = new LinkedHashSet<>();
		annotated().forEach((bean) -> {
			names.add(bean.beanName());
			bean.names()
				.stream()
				.filter((name) -> !this.beans.contains(name) || beanNames.contains(this.beans.nameOf(name)))
				.forEach(names::add);
		});
		return names;
	}

	/**
	 * Returns that a bean of that name serves the other side only, or else the nearest of
	 * the known names.
	 */
	private String known(String name, Collection<String> known) {
		return this.beans.annotated(otherSection().side())
			.stream()
			.filter((bean) -> bean.names().contains(name))
			.map((bean) -> "bean '%s' is annotated with %s, and serves %s only".formatted(bean.beanName(),
					otherSection().annotation(name), otherSection().words()))
			.findFirst()
			.orElseGet(() -> Suggestions.sentence(name, known, "there are no handlers"));
	}

	/**
	 * Returns the bean that has the name of an entry, but whose annotation names another
	 * one, which does not exist; {@code null} if there is none.
	 */
	private @Nullable HandlerBean misnamed(String entry, Collection<String> entries) {
		for (HandlerBean bean : annotated()) {
			if (bean.beanName().equals(entry) && bean.names().stream().noneMatch(entries::contains)) {
				return bean;
			}
		}
		return null;
	}

	private String owner(String name) {
		return "%s '%s'".formatted(this.section.word(), name);
	}

	private String property(String name) {
		return this.section.property(name, "handler");
	}

	private static String quoted(List<String> names) {
		return names.stream().map((name) -> "'" + name + "'").collect(Collectors.joining(" and "));
	}

}
