"""Protocol buffers, as much of them as an ONNX file needs (onnx.proto names the field numbers)."""
import numpy as np

FLOAT, UINT8, INT8, INT64 = 1, 2, 3, 7
ELEMENT = {np.dtype('float32'): FLOAT, np.dtype('uint8'): UINT8, np.dtype('int8'): INT8, np.dtype('int64'): INT64}


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def attribute(name, value):
    if isinstance(value, float):
        return message(1, name) + varint(2 << 3 | 5) + np.float32(value).tobytes() + number(20, 1)
    if isinstance(value, int):
        return message(1, name) + number(3, value) + number(20, 2)
    return message(1, name) + b''.join(number(8, each) for each in value) + number(20, 7)


def tensor(name, array):
    dims = b''.join(number(1, size) for size in array.shape)
    return dims + number(2, ELEMENT[array.dtype]) + message(8, name) + message(9, np.ascontiguousarray(array).tobytes())


def value_info(name, element, shape):
    dims = b''.join(message(1, message(2, d) if isinstance(d, str) else number(1, d)) for d in shape)
    return message(1, name) + message(2, message(1, number(1, element) + message(2, dims)))


class Graph:
    """Nodes and constants in the order in which they are asked for."""

    def __init__(self):
        self.nodes, self.constants, self.names = [], [], set()

    def constant(self, name, array):
        if name not in self.names:
            self.names.add(name)
            self.constants.append(message(5, tensor(name, array)))
        return name

    def node(self, operator, inputs, outputs=1, **attributes):
        base = f'{operator}_{len(self.nodes)}'
        names = [base] if outputs == 1 else [f'{base}_{i}' for i in range(outputs)]
        data = b''.join(message(1, i) for i in inputs) + b''.join(message(2, o) for o in names)
        data += message(3, base) + message(4, operator)
        data += b''.join(message(5, attribute(k, v)) for k, v in attributes.items())
        self.nodes.append(message(1, data))
        return names[0] if outputs == 1 else names

    def model(self, title, inputs, output, shape):
        ends = b''.join(message(11, value_info(name, INT64, ['batch_size', 'sequence_length'])) for name in inputs)
        name, source = output
        last = message(1, source) + message(2, name) + message(3, name) + message(4, 'Identity')
        graph = b''.join(self.nodes) + message(1, last) + message(2, title) + b''.join(self.constants)
        graph += ends + message(12, value_info(name, FLOAT, shape))
        return number(1, 8) + message(2, 'fumikura') + message(7, graph) + message(8, message(1, '') + number(2, 17))
