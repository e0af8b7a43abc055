import './without-suspending'
import '../../../workers/llm'
