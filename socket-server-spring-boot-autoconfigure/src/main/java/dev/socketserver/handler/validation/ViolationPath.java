package dev.socketserver.handler.validation;

import jakarta.validation.ElementKind;
import jakarta.validation.Path;

/**
 * Writes paths of violations without keys of maps, which are values of the payload.
 */
final class ViolationPath {

	private ViolationPath() {
	}

	/**
	 * Writes a path.
	 * @param path the path
	 * @param skipped how many nodes at its beginning are left out
	 */
	static String of(Path path, int skipped) {
		StringBuilder text = new StringBuilder();
		int position = 0;
		for (Path.Node node : path) {
			if (node.isInIterable()) {
				text.append('[');
				if (node.getIndex() != null) {
					text.append(node.getIndex());
				}
				text.append(']');
			}
			boolean named = node.getName() != null && node.getKind() != ElementKind.CONTAINER_ELEMENT;
			if (position++ >= skipped && named) {
				text.append(text.isEmpty() ? "" : ".").append(node.getName());
			}
		}
		return text.toString();
	}

}
