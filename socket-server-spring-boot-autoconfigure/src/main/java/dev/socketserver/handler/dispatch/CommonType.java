package dev.socketserver.handler.dispatch;

import java.io.Serializable;
import java.lang.constant.Constable;
import java.lang.constant.ConstantDesc;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The type that several types of payloads have in common, to which a frame is converted
 * before a method is chosen by its class.
 */
final class CommonType {

	/** What many types have without having anything in common. */
	private static final Set<Class<?>> GENERAL = Set.of(Object.class, Record.class, Enum.class, Number.class,
			Serializable.class, Comparable.class, Cloneable.class, Constable.class, ConstantDesc.class);

	private CommonType() {
	}

	/**
	 * Finds it.
	 * @param types the types
	 * @return the nearest type that is assignable from all; {@code null} if there is
	 * none, or it is not clear which
	 */
	static @Nullable Class<?> of(Collection<Class<?>> types) {
		if (types.isEmpty()) {
			return null;
		}
		Set<Class<?>> common = supertypes(types.iterator().next());
		types.forEach((type) -> common.retainAll(supertypes(type)));
		common.removeAll(GENERAL);
		List<Class<?>> nearest = common.stream()
			.filter((type) -> common.stream().noneMatch((other) -> other != type && type.isAssignableFrom(other)))
			.toList();
		if (nearest.size() > 1) {
			nearest = nearest.stream().filter(Class::isSealed).toList();
		}
		return (nearest.size() == 1) ? nearest.get(0) : null;
	}

	private static Set<Class<?>> supertypes(Class<?> type) {
		Set<Class<?>> found = new LinkedHashSet<>();
		addSupertypes(type, found);
		return found;
	}

	private static void addSupertypes(@Nullable Class<?> type, Set<Class<?>> found) {
		if (type != null && found.add(type)) {
			addSupertypes(type.getSuperclass(), found);
			for (Class<?> face : type.getInterfaces()) {
				addSupertypes(face, found);
			}
		}
	}

	/**
	 * Returns the classes of a sealed hierarchy that have objects.
	 * @param type the type on top
	 * @return the classes, none if the hierarchy is open
	 */
	static List<Class<?>> leaves(Class<?> type) {
		List<Class<?>> found = new ArrayList<>();
		if (type.isSealed()) {
			addLeaves(type, found);
		}
		return found;
	}

	private static void addLeaves(Class<?> type, List<Class<?>> found) {
		boolean instances = !type.isInterface() && !Modifier.isAbstract(type.getModifiers());
		if (instances || !type.isSealed()) {
			found.add(type);
		}
		if (type.isSealed()) {
			for (Class<?> permitted : type.getPermittedSubclasses()) {
				addLeaves(permitted, found);
			}
		}
	}

}
