package dev.socketserver.autoconfigure.actuate;

import java.util.HashSet;
import java.util.Set;

import dev.socketserver.actuate.Viewers;

import org.springframework.boot.actuate.endpoint.Show;

/**
 * The properties that all endpoints of this project have.
 */
abstract class ShowValuesProperties {

	/**
	 * When to show unsanitized values.
	 */
	private Show showValues;

	/**
	 * Roles used to determine whether a user is authorized to be shown unsanitized
	 * values. When empty, all authenticated users are authorized.
	 */
	private final Set<String> roles = new HashSet<>();

	ShowValuesProperties() {
		this(Show.ALWAYS);
	}

	ShowValuesProperties(Show showValues) {
		this.showValues = showValues;
	}

	public Show getShowValues() {
		return this.showValues;
	}

	public void setShowValues(Show showValues) {
		this.showValues = showValues;
	}

	public Set<String> getRoles() {
		return this.roles;
	}

	Viewers viewers() {
		return new Viewers(this.showValues, this.roles);
	}

}
