package dev.socketserver.handler.dispatch;

/**
 * The method for a key.
 *
 * @param key the key, as it is compared
 * @param method the index of the method
 */
record KeyedMethod(String key, int method) {

}
